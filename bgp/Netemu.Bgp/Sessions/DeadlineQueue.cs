using System;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// The sessions of a speaker by their earliest deadline: a heap in the order (due, number). A deadline that has
/// moved to a later time stays where it is until it comes up (RFC 4271's hold timer moves with every message).
/// </summary>
/// <remarks>
/// The heap holds numbers, and where a number stands is a column beside it: moving an entry touches no session. Four
/// children to a node, so that a level is one cache line.
/// </remarks>
internal sealed class DeadlineQueue
{
    private const int Children = 4;

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

    /// <summary>Makes sure that the session comes up at <paramref name="due"/> or before.</summary>
    public void Ensure(ushort session, SimTime due)
    {
        if (session >= _positions.Length)
        {
            Array.Resize(ref _positions, Math.Max(session + 1, _positions.Length * 2));
        }

        int position = _positions[session] - 1;
        if (position < 0)
        {
            if (due == SimTime.Never)
            {
                return;
            }

            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, _count * 2);
            }

            position = _count++;
        }
        else if (_heap[position].Due <= due.Nanoseconds)
        {
            return;
        }

        SiftUp(new Entry(due.Nanoseconds, session), position);
    }

    /// <summary>Takes the number of the first session if it is due; -1 if none is.</summary>
    public int TakeDue(SimTime now)
    {
        if (_count == 0 || _heap[0].Due > now.Nanoseconds)
        {
            return -1;
        }

        int session = _heap[0].Session;
        _positions[session] = 0;
        Entry last = _heap[--_count];
        if (_count > 0)
        {
            SiftDown(last);
        }

        return session;
    }

    private void SiftUp(Entry item, int index)
    {
        while (index > 0 && item.IsBefore(_heap[(index - 1) / Children]))
        {
            Place(_heap[(index - 1) / Children], index);
            index = (index - 1) / Children;
        }

        Place(item, index);
    }

    private void SiftDown(Entry item)
    {
        int index = 0;
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
