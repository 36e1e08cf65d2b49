using System;
using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// What is on its way in a network, as turns in the order of time. The events of a turn lie in rows of eight places, one
/// row after the other: a mesh that acts at one instant writes to a thousand turns by turns, and reads each of them as a whole.
/// Rows are used again at once: however many nodes there are, what is written for few stays in the cache until it arrives.
/// </summary>
internal sealed class PipeQueue
{
    private const int RowBits = 3;
    private const int RowSize = 1 << RowBits;
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;
    private const int MostKeptPages = 4;
    private const int None = -1;

    private readonly Ring<PipeTurn> _turns = new();
    private List<PipeEvent[]> _pages = [];

    /// <summary>The pages of the last burst, for the next one if the garbage collector has not taken them until then.</summary>
    private readonly WeakReference<List<PipeEvent[]>> _spare = new([]);
    private readonly PipePayloads _payloads = new();

    /// <summary>By row: the row after it in its turn, or the next free one.</summary>
    private int[] _next = [];
    private int _usedRows;
    private int _freeRow = None;

    /// <summary>The event that was written last: what is written to its stream next arrives with it.</summary>
    private int _lastWritten = None;

    /// <summary>Turns that have been taken since the start: the number of the first one that waits.</summary>
    private long _taken;

    /// <summary>By node: the number of the turn that was added last for it, counted from 1; 0 if there was none.</summary>
    private long[] _turnOf = [];

    /// <summary>The number of turns that wait.</summary>
    public int Count => _turns.Count;

    /// <summary>When the first turn is due; <see cref="SimTime.Never"/> if there is none.</summary>
    public SimTime NextDue => _turns.Count == 0 ? SimTime.Never : _turns.First.Due;

    /// <summary>
    /// Adds an event for a node and says its place; <paramref name="due"/> is never earlier than in the call before.
    /// </summary>
    public int Enqueue(int node, SimTime due, in PipeEvent added)
    {
        int turn = FindTurn(node, due);
        if (turn >= 0)
        {
            ref PipeTurn existing = ref _turns[turn];
            existing.Last = TakePlaceAfter(existing.Last);
            EventAt(existing.Last) = added;
            return existing.Last;
        }

        int place = TakeRow() << RowBits;
        EventAt(place) = added;
        _turns.Enqueue(new PipeTurn(node, due, place));
        _turnOf[node] = _taken + _turns.Count;
        return place;
    }

    /// <summary>Adds a copy of bytes; what is written to a stream in one go arrives as one.</summary>
    public void Enqueue(int node, SimTime due, PipeStream target, ReadOnlySpan<byte> bytes)
    {
        int turn = _lastWritten == None ? None : FindTurn(node, due);
        if (turn >= 0 && _turns[turn].Last == _lastWritten && EventAt(_lastWritten) is var last && ReferenceEquals(last.Target, target))
        {
            EventAt(_lastWritten) = last with { Payload = _payloads.Extend(last.Payload, bytes) };
            return;
        }

        _lastWritten = Enqueue(node, due, new PipeEvent(target, _payloads.Copy(bytes)));
    }

    /// <summary>Adds bytes that never change, without a copy.</summary>
    public void Enqueue(int node, SimTime due, PipeStream target, ArraySegment<byte> bytes) =>
        Enqueue(node, due, new PipeEvent(target, _payloads.Share(bytes)));

    /// <summary>Takes the first turn; there must be one. Its events are taken one by one, all of them.</summary>
    public PipeTurn Dequeue()
    {
        _taken++;
        return _turns.Dequeue();
    }

    /// <summary>The place of the event after this one in a turn; negative at its end.</summary>
    public int PlaceAfter(int place, in PipeTurn turn) =>
        place == turn.Last ? None : IsLastOfRow(place) ? _next[place >> RowBits] << RowBits : place + 1;

    /// <summary>Takes an event out of its place.</summary>
    public PipeEvent Take(int place)
    {
        _lastWritten = place == _lastWritten ? None : _lastWritten;
        ref PipeEvent freed = ref EventAt(place);
        PipeEvent taken = freed;
        freed = default;
        return taken;
    }

    /// <summary>The bytes of an event that has been taken, until it is released.</summary>
    public ReadOnlyMemory<byte> BytesOf(in PipeEvent taken) => _payloads[taken.Payload];

    /// <summary>An event has been dealt with: nobody reads its bytes any more.</summary>
    public void Release(in PipeEvent taken)
    {
        if (taken.Kind == PipeEventKind.Data)
        {
            _payloads.Release(taken.Payload);
        }
    }

    /// <summary>All events of a turn have been taken.</summary>
    public void Finish(in PipeTurn turn)
    {
        _next[turn.Last >> RowBits] = _freeRow;
        _freeRow = turn.First >> RowBits;
        if (_turns.Count == 0 && _pages.Count > MostKeptPages)
        {
            // A burst is over.
            _spare.SetTarget(_pages);
            _pages = [];
            _next = [];
            (_usedRows, _freeRow) = (0, None);
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
            sum += EventAt(_turns[i].First).Target.Touch();
        }

        for (int i = 0; i < count; i++)
        {
            sum += EventAt(_turns[i].First).Target.TouchEnds();
        }

        return count;
    }

    /// <summary>The same for the events of one turn, from a place on.</summary>
    public int TouchEvents(int first, in PipeTurn turn, int most, ref int sum)
    {
        int count = 0;
        for (int place = first; place >= 0 && count < most; place = PlaceAfter(place, turn))
        {
            sum += EventAt(place).Target.Touch();
            count++;
        }

        for (int place = first, i = 0; i < count; place = PlaceAfter(place, turn), i++)
        {
            ref PipeEvent waiting = ref EventAt(place);
            sum += waiting.Target.TouchEnds();
            sum += waiting.Kind == PipeEventKind.Data ? _payloads.Touch(waiting.Payload) : 0;
        }

        return count;
    }

    private static bool IsLastOfRow(int place) => (place & (RowSize - 1)) == RowSize - 1;

    private ref PipeEvent EventAt(int place) => ref _pages[place >> PageBits][place & (PageSize - 1)];

    /// <summary>The position of the node's turn at an instant; <see cref="None"/> if it has none.</summary>
    private int FindTurn(int node, SimTime due)
    {
        if (node >= _turnOf.Length)
        {
            Array.Resize(ref _turnOf, Math.Max(node + 1, _turnOf.Length * 2));
        }

        int turn = (int)(_turnOf[node] - 1 - _taken);
        return _turnOf[node] > _taken && _turns[turn].Due == due ? turn : None;
    }

    /// <summary>Takes a place for an event that follows the newest of a turn.</summary>
    private int TakePlaceAfter(int last)
    {
        if (!IsLastOfRow(last))
        {
            return last + 1;
        }

        int row = TakeRow();
        _next[last >> RowBits] = row;
        return row << RowBits;
    }

    private int TakeRow()
    {
        int row = _freeRow;
        if (row >= 0)
        {
            _freeRow = _next[row];
            return row;
        }

        if (_usedRows == _pages.Count << (PageBits - RowBits))
        {
            _pages.Add(TakeSpare() ?? new PipeEvent[PageSize]);
        }

        if (_usedRows == _next.Length)
        {
            Array.Resize(ref _next, Math.Max(PageSize >> RowBits, _next.Length * 2));
        }

        return _usedRows++;
    }

    private PipeEvent[]? TakeSpare()
    {
        if (!_spare.TryGetTarget(out List<PipeEvent[]>? pages) || pages.Count == 0)
        {
            return null;
        }

        PipeEvent[] page = pages[^1];
        pages.RemoveAt(pages.Count - 1);
        return page;
    }
}
