using System;
using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// What is on its way in a network, as turns in the order of time. All events lie in pages whose places are used again
/// at once: however many nodes there are, what is written for them stays in the cache until it arrives.
/// </summary>
internal sealed class PipeQueue
{
    private const int BufferSize = 1 << 16;
    private const int MostSpareBuffers = 4;
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;
    private const int MostKeptPages = 4;
    private const int None = -1;

    private readonly Ring<PipeTurn> _turns = new();
    private readonly Stack<PipeBuffer> _spare = [];
    private readonly List<PipeEvent[]> _pages = [];
    private PipeBuffer _writing = new(BufferSize);
    private int _used;
    private int _free = None;

    /// <summary>The event whose bytes end where the next ones will begin.</summary>
    private int _lastWritten = None;

    /// <summary>Turns that have been taken since the start: the number of the first one that waits.</summary>
    private long _taken;

    /// <summary>The number of turns that wait.</summary>
    public int Count => _turns.Count;

    /// <summary>When the first turn is due; <see cref="SimTime.Never"/> if there is none.</summary>
    public SimTime NextDue => _turns.Count == 0 ? SimTime.Never : _turns.First.Due;

    /// <summary>
    /// Adds an event for a node and says its place; <paramref name="due"/> is never earlier than in the call before.
    /// </summary>
    public int Enqueue(PipeTransport node, SimTime due, in PipeEvent added)
    {
        int place = TakePlace();
        ref PipeEvent target = ref EventAt(place);
        target = added;
        target.Next = None;
        int turn = FindTurn(node, due);
        if (turn >= 0)
        {
            ref PipeTurn existing = ref _turns[turn];
            EventAt(existing.Last).Next = place;
            existing.Last = place;
        }
        else
        {
            node.LastTurn = _taken + _turns.Count;
            _turns.Enqueue(new PipeTurn(node, due, place));
        }

        return place;
    }

    /// <summary>Adds a copy of bytes; what is written to a stream in one go arrives as one.</summary>
    public void Enqueue(PipeTransport node, SimTime due, PipeStream target, ReadOnlySpan<byte> bytes)
    {
        if (!_writing.HasRoomFor(bytes.Length))
        {
            ChangeBuffer(bytes.Length);
        }

        _writing.Add(bytes);
        int turn = _lastWritten == None ? None : FindTurn(node, due);
        if (turn >= 0 && _turns[turn].Last == _lastWritten && ReferenceEquals(EventAt(_lastWritten).Target, target))
        {
            EventAt(_lastWritten).Extend(bytes.Length);
            return;
        }

        _writing.Outstanding++;
        _lastWritten = Enqueue(node, due, new PipeEvent(target, _writing, bytes.Length));
    }

    /// <summary>Takes the first turn; there must be one. Its events are taken one by one, all of them.</summary>
    public PipeTurn Dequeue()
    {
        _taken++;
        return _turns.Dequeue();
    }

    /// <summary>Takes an event; its <see cref="PipeEvent.Next"/> is the next one of the turn.</summary>
    public PipeEvent Take(int place)
    {
        _lastWritten = place == _lastWritten ? None : _lastWritten;
        ref PipeEvent freed = ref EventAt(place);
        PipeEvent taken = freed;
        freed = new PipeEvent { Next = _free };
        _free = place;
        return taken;
    }

    /// <summary>An event has been dealt with: nobody reads its bytes any more.</summary>
    public void Release(in PipeEvent taken)
    {
        if (taken.Buffer is PipeBuffer buffer && --buffer.Outstanding == 0)
        {
            buffer.Clear();
            if (!ReferenceEquals(buffer, _writing) && _spare.Count < MostSpareBuffers)
            {
                _spare.Push(buffer);
            }
        }

        if (_turns.Count == 0 && taken.Next < 0 && _pages.Count > MostKeptPages)
        {
            // A burst is over.
            _pages.Clear();
            (_used, _free) = (0, None);
        }
    }

    /// <summary>
    /// Touches the streams that the next turns begin with, level by level, so that the misses of one level overlap.
    /// </summary>
    public int TouchTurns(int most, ref int sum)
    {
        int count = Math.Min(most, _turns.Count);
        for (int i = 0; i < count; i++)
        {
            sum += EventAt(_turns[i].First).Target.TouchSelf();
        }

        for (int i = 0; i < count; i++)
        {
            sum += EventAt(_turns[i].First).Target.TouchEnds();
        }

        return count;
    }

    /// <summary>The same for the events of one turn, from a place on.</summary>
    public int TouchEvents(int place, int most, ref int sum)
    {
        int count = 0;
        for (int next = place; next >= 0 && count < most; next = EventAt(next).Next)
        {
            sum += EventAt(next).Target.TouchSelf();
            count++;
        }

        for (int next = place, i = 0; i < count; next = EventAt(next).Next, i++)
        {
            sum += EventAt(next).Target.TouchEnds();
        }

        return count;
    }

    private ref PipeEvent EventAt(int place) => ref _pages[place >> PageBits][place & (PageSize - 1)];

    /// <summary>The position of the node's turn at an instant; <see cref="None"/> if it has none.</summary>
    private int FindTurn(PipeTransport node, SimTime due)
    {
        int turn = (int)(node.LastTurn - _taken);
        return node.LastTurn >= _taken && _turns[turn].Due == due ? turn : None;
    }

    private int TakePlace()
    {
        int place = _free;
        if (place >= 0)
        {
            _free = EventAt(place).Next;
            return place;
        }

        if (_used == _pages.Count << PageBits)
        {
            _pages.Add(new PipeEvent[PageSize]);
        }

        return _used++;
    }

    private void ChangeBuffer(int length)
    {
        _writing = length <= BufferSize && _spare.TryPop(out PipeBuffer? spare)
            ? spare
            : new PipeBuffer(Math.Max(BufferSize, length));
        _lastWritten = None;
    }
}
