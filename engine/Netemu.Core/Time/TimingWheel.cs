using System;
using System.Numerics;

namespace Netemu.Core.Time;

/// <summary>
/// A hierarchical timing wheel (Varghese and Lauck): levels of 64 slots, the lowest of 1,024 ns. Arming and cancelling
/// are O(1); <see cref="Advance"/> hands out every timer due before a horizon, unordered: who takes them sorts them.
/// </summary>
/// <remarks>
/// <code>
/// level 0: 64 slots of 1.024 us      level 1: 64 slots of 65.5 us     ...     level 8: 64 slots of 9 years
/// </code>
/// A slot's timers all lie in its span, and levels above 0 cascade down when the wheel's position enters the slot.
/// </remarks>
public sealed class TimingWheel
{
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int TickBits = 10;
    private const int Levels = 9;

    private readonly TimerEntry?[] _slots = new TimerEntry?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _tick;

    /// <summary>The number of armed timers.</summary>
    public int Count { get; private set; }

    /// <summary>Inserts a timer that is not armed; <see cref="TimerEntry.Due"/> must be set.</summary>
    public void Insert(TimerEntry timer)
    {
        Link(timer);
        Count++;
    }

    /// <summary>Takes an armed timer out.</summary>
    public void Remove(TimerEntry timer)
    {
        int slot = timer.Slot;
        if (timer.Previous is null)
        {
            _slots[slot] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[slot >> SlotBits] &= ~(1UL << (slot & (SlotsPerLevel - 1)));
            }
        }
        else
        {
            timer.Previous.Next = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Previous = null;
        timer.Next = null;
        timer.Slot = TimerEntry.Unlinked;
        Count--;
    }

    /// <summary>A lower bound of the earliest due time, exact to a slot; <see cref="SimTime.Never"/> when empty.</summary>
    public SimTime NextDue()
    {
        if (Count == 0)
        {
            return SimTime.Never;
        }

        long best = long.MaxValue;
        for (int level = 0; level < Levels; level++)
        {
            ulong occupied = _occupied[level];
            if (occupied == 0)
            {
                continue;
            }

            long position = _tick >> (level * SlotBits);
            int offset = BitOperations.TrailingZeroCount(BitOperations.RotateRight(occupied, (int)(position & (SlotsPerLevel - 1))));
            long start = (position + offset) << (level * SlotBits);
            if (level == 0)
            {
                return new SimTime(Math.Min(best, EarliestIn(_slots[(int)((position + offset) & (SlotsPerLevel - 1))]!)));
            }

            best = Math.Min(best, Math.Max(start, _tick) << TickBits);
        }

        return new SimTime(best);
    }

    /// <summary>Unlinks every timer due before <paramref name="horizon"/> and passes it to <paramref name="sink"/>.</summary>
    public void Advance(SimTime horizon, Action<TimerEntry> sink)
    {
        long last = (horizon.Nanoseconds - 1) >> TickBits;
        while (Count > 0)
        {
            long next = NextTick();
            if (next > last)
            {
                break;
            }

            _tick = next;
            Cascade();
            int index = (int)(_tick & (SlotsPerLevel - 1));
            TimerEntry? timer = _slots[index];
            bool kept = false;
            while (timer is not null)
            {
                TimerEntry? following = timer.Next;
                if (timer.Due < horizon)
                {
                    Remove(timer);
                    sink(timer);
                }
                else
                {
                    kept = true;
                }

                timer = following;
            }

            if (kept)
            {
                return;
            }
        }

        if (last > _tick)
        {
            _tick = last;
            Cascade();
        }
    }

    private static long EarliestIn(TimerEntry first)
    {
        long due = long.MaxValue;
        for (TimerEntry? timer = first; timer is not null; timer = timer.Next)
        {
            due = Math.Min(due, timer.Due.Nanoseconds);
        }

        return due;
    }

    private long NextTick()
    {
        long best = long.MaxValue;
        for (int level = 0; level < Levels; level++)
        {
            ulong occupied = _occupied[level];
            if (occupied == 0)
            {
                continue;
            }

            long position = _tick >> (level * SlotBits);
            int offset = BitOperations.TrailingZeroCount(BitOperations.RotateRight(occupied, (int)(position & (SlotsPerLevel - 1))));
            best = Math.Min(best, Math.Max((position + offset) << (level * SlotBits), _tick));
        }

        return best;
    }

    private void Link(TimerEntry timer)
    {
        long tick = Math.Max(timer.Due.Nanoseconds >> TickBits, _tick);

        // The level of the highest bit in which the due tick differs from the position: its slot there lies ahead.
        int level = (63 - BitOperations.LeadingZeroCount((ulong)(tick ^ _tick) | 1)) / SlotBits;
        int slot = (level << SlotBits) | (int)((tick >> (level * SlotBits)) & (SlotsPerLevel - 1));
        TimerEntry? head = _slots[slot];
        timer.Next = head;
        timer.Previous = null;
        timer.Slot = slot;
        if (head is not null)
        {
            head.Previous = timer;
        }

        _slots[slot] = timer;
        _occupied[level] |= 1UL << (slot & (SlotsPerLevel - 1));
    }

    /// <summary>Moves the timers of the slots that the position has entered down to the levels below.</summary>
    private void Cascade()
    {
        for (int level = Levels - 1; level > 0; level--)
        {
            int index = (int)((_tick >> (level * SlotBits)) & (SlotsPerLevel - 1));
            if ((_occupied[level] & (1UL << index)) == 0)
            {
                continue;
            }

            int slot = (level << SlotBits) | index;
            TimerEntry? timer = _slots[slot];
            _slots[slot] = null;
            _occupied[level] &= ~(1UL << index);
            while (timer is not null)
            {
                TimerEntry? following = timer.Next;
                Link(timer);
                timer = following;
            }
        }
    }
}
