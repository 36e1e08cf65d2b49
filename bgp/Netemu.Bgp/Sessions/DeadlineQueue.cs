using System;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// The sessions of a speaker by their earliest deadline: a binary heap in the order (due, index). A deadline that has
/// moved to a later time stays where it is until it comes up (RFC 4271's hold timer moves with every message).
/// </summary>
internal sealed class DeadlineQueue
{
    private (SimTime Due, BgpSession Session)[] _heap = new (SimTime, BgpSession)[4];
    private int _count;

    public SimTime NextDue => _count == 0 ? SimTime.Never : _heap[0].Due;

    /// <summary>Makes sure that the session comes up at <paramref name="due"/> or before.</summary>
    public void Ensure(BgpSession session, SimTime due)
    {
        int position = session.DeadlinePosition;
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
        else if (_heap[position].Due <= due)
        {
            return;
        }

        SiftUp((due, session), position);
    }

    /// <summary>Takes the first session if it is due.</summary>
    public BgpSession? TakeDue(SimTime now)
    {
        if (_count == 0 || _heap[0].Due > now)
        {
            return null;
        }

        BgpSession session = _heap[0].Session;
        session.DeadlinePosition = -1;
        (SimTime, BgpSession) last = _heap[--_count];
        _heap[_count] = default;
        if (_count > 0)
        {
            SiftDown(last);
        }

        return session;
    }

    private static bool Before((SimTime Due, BgpSession Session) left, (SimTime Due, BgpSession Session) right) =>
        left.Due != right.Due ? left.Due < right.Due : left.Session.Index < right.Session.Index;

    private void SiftUp((SimTime Due, BgpSession Session) item, int index)
    {
        while (index > 0 && Before(item, _heap[(index - 1) / 2]))
        {
            Place(_heap[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Place(item, index);
    }

    private void SiftDown((SimTime Due, BgpSession Session) item)
    {
        int index = 0;
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && Before(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Before(_heap[child], item))
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(item, index);
    }

    private void Place((SimTime Due, BgpSession Session) item, int index)
    {
        _heap[index] = item;
        item.Session.DeadlinePosition = index;
    }
}
