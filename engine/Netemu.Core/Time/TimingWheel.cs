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
/// A slot's timers all lie in its span, and levels above 0 cascade down when the wheel's position enters the slot. A slot is
/// a chain of pages of (timer, due), so that a cascade copies rows and looks at no timer: a million of them, each in an object
/// of its own, are not in the cache. For the same reason a cancelled timer only forgets that it is armed. Its entry, which is
/// stale then, goes when it is met, or when more are stale than not.
/// </remarks>
public sealed class TimingWheel
{
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int TickBits = 10;
    private const int Levels = 9;

    /// <summary>Fewer stale entries than this are not worth a sweep.</summary>
    private const int FewStale = 1024;

    private readonly Page?[] _slots = new Page?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private Page? _free;
    private int _stale;
    private long _tick;

    /// <summary>The number of armed timers.</summary>
    public int Count { get; private set; }

    /// <summary>Inserts a timer that is not armed; what it is armed with must be set.</summary>
    public void Insert(TimerEntry timer)
    {
        timer.Place = TimerPlace.Wheel;
        Count++;
        Put(new Entry(timer, timer.Due.Nanoseconds, timer.Sequence));
    }

    /// <summary>Takes an armed timer out.</summary>
    public void Remove(TimerEntry timer)
    {
        timer.Place = TimerPlace.None;
        Count--;
        _stale++;
        if (Count == 0 || _stale > Count + FewStale)
        {
            Sweep();
        }
    }

    /// <summary>A lower bound of the earliest due time, exact to a slot; <see cref="SimTime.Never"/> when empty.</summary>
    public SimTime NextDue()
    {
        if (Count == 0)
        {
            return SimTime.Never;
        }

        while (true)
        {
            long next = NextTick(out int level);
            if (level > 0)
            {
                return new SimTime(next << TickBits);
            }

            if (TryFindEarliest((int)(next & (SlotsPerLevel - 1)), out long due))
            {
                return new SimTime(due);
            }
        }
    }

    /// <summary>Disarms every timer due before <paramref name="horizon"/> and passes it to <paramref name="sink"/>.</summary>
    public void Advance(SimTime horizon, Action<TimerEntry> sink)
    {
        long last = (horizon.Nanoseconds - 1) >> TickBits;
        while (Count > 0)
        {
            long next = NextTick(out _);
            if (next > last)
            {
                break;
            }

            _tick = next;
            Cascade();
            if (TakeDue(horizon, sink))
            {
                return;
            }
        }

        if (Count == 0)
        {
            Sweep();
        }

        if (last > _tick)
        {
            _tick = last;
            Cascade();
        }
    }

    /// <summary>Takes what is due out of the slot at the position; true if something is left there.</summary>
    private bool TakeDue(SimTime horizon, Action<TimerEntry> sink)
    {
        Page? page = TakeSlot((int)(_tick & (SlotsPerLevel - 1)));
        bool kept = false;
        while (page is not null)
        {
            foreach (ref readonly Entry entry in page.Used)
            {
                if (entry.IsStale)
                {
                    _stale--;
                }
                else if (entry.Due < horizon.Nanoseconds)
                {
                    entry.Timer.Place = TimerPlace.None;
                    Count--;
                    sink(entry.Timer);
                }
                else
                {
                    Put(entry);
                    kept = true;
                }
            }

            page = GiveBack(page);
        }

        return kept;
    }

    /// <summary>Finds the earliest due time in a slot; false if all of it is stale, and gone now.</summary>
    private bool TryFindEarliest(int slot, out long due)
    {
        due = long.MaxValue;
        bool any = false;
        for (Page? page = _slots[slot]; page is not null; page = page.Next)
        {
            foreach (ref readonly Entry entry in page.Used)
            {
                if (entry.Due <= due && !entry.IsStale)
                {
                    due = entry.Due;
                    any = true;
                }
            }
        }

        if (!any)
        {
            for (Page? page = TakeSlot(slot); page is not null; page = GiveBack(page))
            {
                _stale -= page.Used.Length;
            }
        }

        return any;
    }

    /// <summary>The tick of the first occupied slot, or the position if that is in it; of two at one tick the one of the higher level.</summary>
    private long NextTick(out int level)
    {
        long best = long.MaxValue;
        level = 0;
        for (int i = 0; i < Levels; i++)
        {
            ulong occupied = _occupied[i];
            if (occupied == 0)
            {
                continue;
            }

            long position = _tick >> (i * SlotBits);
            int offset = BitOperations.TrailingZeroCount(BitOperations.RotateRight(occupied, (int)(position & (SlotsPerLevel - 1))));
            long tick = Math.Max((position + offset) << (i * SlotBits), _tick);
            if (tick <= best)
            {
                best = tick;
                level = i;
            }
        }

        return best;
    }

    private void Put(in Entry entry)
    {
        long tick = Math.Max(entry.Due >> TickBits, _tick);

        // The level of the highest bit in which the due tick differs from the position: its slot there lies ahead.
        int level = (63 - BitOperations.LeadingZeroCount((ulong)(tick ^ _tick) | 1)) / SlotBits;
        int index = (int)((tick >> (level * SlotBits)) & (SlotsPerLevel - 1));
        ref Page? first = ref _slots[(level << SlotBits) | index];
        if (first is null || first.IsFull)
        {
            Page page = _free ?? new Page();
            _free = page.Next;
            page.Next = first;
            first = page;
            _occupied[level] |= 1UL << index;
        }

        first.Add(entry);
    }

    /// <summary>Moves what is in the slots that the position has entered down to the levels below.</summary>
    private void Cascade()
    {
        for (int level = Levels - 1; level > 0; level--)
        {
            int index = (int)((_tick >> (level * SlotBits)) & (SlotsPerLevel - 1));
            if ((_occupied[level] & (1UL << index)) == 0)
            {
                continue;
            }

            Page? page = TakeSlot((level << SlotBits) | index);
            while (page is not null)
            {
                foreach (ref readonly Entry entry in page.Used)
                {
                    Put(entry);
                }

                page = GiveBack(page);
            }
        }
    }

    /// <summary>Drops every stale entry.</summary>
    private void Sweep()
    {
        for (int slot = 0; slot < _slots.Length && _stale > 0; slot++)
        {
            Page? page = TakeSlot(slot);
            while (page is not null)
            {
                foreach (ref readonly Entry entry in page.Used)
                {
                    if (entry.IsStale)
                    {
                        _stale--;
                    }
                    else
                    {
                        Put(entry);
                    }
                }

                page = GiveBack(page);
            }
        }
    }

    private Page? TakeSlot(int slot)
    {
        Page? first = _slots[slot];
        _slots[slot] = null;
        _occupied[slot >> SlotBits] &= ~(1UL << (slot & (SlotsPerLevel - 1)));
        return first;
    }

    private Page? GiveBack(Page page)
    {
        Page? next = page.Next;
        page.Clear();
        page.Next = _free;
        _free = page;
        return next;
    }

    /// <summary>One arming of a timer.</summary>
    private readonly record struct Entry(TimerEntry Timer, long Due, long Sequence)
    {
        /// <summary>True if the timer has been disarmed since.</summary>
        public bool IsStale => Timer.Place != TimerPlace.Wheel || Timer.Sequence != Sequence;
    }

    /// <summary>Entries of one slot.</summary>
    private sealed class Page
    {
        private const int Size = 20;

        private readonly Entry[] _entries = new Entry[Size];
        private int _count;

        public Page? Next { get; set; }

        public bool IsFull => _count == Size;

        public ReadOnlySpan<Entry> Used => _entries.AsSpan(0, _count);

        public void Add(in Entry entry) => _entries[_count++] = entry;

        public void Clear()
        {
            Array.Clear(_entries, 0, _count);
            _count = 0;
        }
    }
}
