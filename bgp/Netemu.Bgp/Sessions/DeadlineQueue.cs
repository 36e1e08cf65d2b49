using System;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// The sessions of a speaker by their earliest deadline: a heap in the order (due, number). A deadline that moves a little
/// later stays where it is until it comes up (RFC 4271's hold timer moves with every message); one that moves far goes to
/// its new place at once, so that a session which the neighbour has opened does not come up for nothing.
/// </summary>
/// <remarks>
/// The heap holds numbers, and where a number stands is a column beside it: moving an entry touches no session. Four
/// children to a node, so that a level is one cache line. Most entries are leaves, which move later for nothing.
/// </remarks>
internal sealed class DeadlineQueue
{
    private const int Children = 4;
    private static readonly Duration s_littleLater = Duration.FromSeconds(1);

    private Entry[] _heap = new Entry[4];

    /// <summary>Position + 1 of each number; 0 for one that is not in the heap.</summary>
    private ushort[] _positions = new ushort[4];
    private int _count;

    public SimTime NextDue => _count == 0 ? SimTime.Never : new SimTime(_heap[0].Due);

    /// <summary>Makes room for a number of sessions at once.</summary>
    public void Reserve(int sessions)
    {
        if (sessions > _positions.Length)
        {
            Array.Resize(ref _positions, sessions);
        }

        if (sessions > _heap.Length)
        {
            Array.Resize(ref _heap, sessions);
        }
    }

    /// <summary>Makes sure that the session comes up at <paramref name="due"/> or before, and not much before.</summary>
    public void Ensure(ushort session, SimTime due)
    {
        int position = session < _positions.Length ? _positions[session] - 1 : -1;
        bool isGoodEnough = position >= 0
            ? _heap[position].Due <= due.Nanoseconds && due.Nanoseconds - _heap[position].Due <= s_littleLater.Nanoseconds
            : due == SimTime.Never;
        if (!isGoodEnough)
        {
            Set(session, due);
        }
    }

    /// <summary>Has the session come up at <paramref name="due"/>; at <see cref="SimTime.Never"/> it does not.</summary>
    public void Set(ushort session, SimTime due)
    {
        if (session >= _positions.Length)
        {
            Array.Resize(ref _positions, Math.Max(session + 1, _positions.Length * 2));
        }

        int position = _positions[session] - 1;
        if (position < 0)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, _count * 2);
            }

            SiftUp(new Entry(due.Nanoseconds, session), _count++);
        }
        else if (due.Nanoseconds < _heap[position].Due)
        {
            SiftUp(new Entry(due.Nanoseconds, session), position);
        }
        else
        {
            SiftDown(new Entry(due.Nanoseconds, session), position);
        }
    }

    /// <summary>
    /// The number of the first session if it is due, else -1. It stays first until <see cref="Set"/> says its next deadline.
    /// </summary>
    public int FirstDue(SimTime now) => _count > 0 && _heap[0].Due <= now.Nanoseconds ? _heap[0].Session : -1;

    private void SiftUp(Entry item, int index)
    {
        while (index > 0 && item.IsBefore(_heap[(index - 1) / Children]))
        {
            Place(_heap[(index - 1) / Children], index);
            index = (index - 1) / Children;
        }

        Place(item, index);
    }

    private void SiftDown(Entry item, int index)
    {
        while (true)
        {
            int first = (Children * index) + 1;
            if (first >= _count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Children, _count);
            for (int child = first + 1; child < end; child++)
            {
                least = _heap[child].IsBefore(_heap[least]) ? child : least;
            }

            if (!_heap[least].IsBefore(item))
            {
                break;
            }

            Place(_heap[least], index);
            index = least;
        }

        Place(item, index);
    }

    private void Place(Entry item, int index)
    {
        _heap[index] = item;
        _positions[item.Session] = (ushort)(index + 1);
    }

    private readonly record struct Entry(long Due, ushort Session)
    {
        public bool IsBefore(in Entry other) => Due != other.Due ? Due < other.Due : Session < other.Session;
    }
}
