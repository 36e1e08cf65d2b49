using System.Collections.Generic;

namespace Netemu.Calico.Store;

/// <summary>
/// A reader's place in a store's history. Reading never calls back into the store, so that a watcher may write while it
/// reads. A watch that falls behind the compaction ends as <see cref="IsCompacted"/>: list again and watch from there.
/// </summary>
public sealed class StoreWatch
{
    private readonly StoreHistory _history;

    internal StoreWatch(StoreHistory history, long afterRevision)
    {
        _history = history;
        Revision = afterRevision;
        Position = history.PositionAfter(afterRevision);
    }

    /// <summary>The revision up to which everything has been read.</summary>
    public long Revision { get; private set; }

    /// <summary>True if events have been dropped that this watch has not read.</summary>
    public bool IsCompacted => Position < _history.First;

    /// <summary>True if there is something to read.</summary>
    public bool HasEvents => Position < _history.End;

    /// <summary>The index of the next event in the whole history.</summary>
    internal long Position { get; private set; }

    /// <summary>
    /// Adds all events of the next revision to <paramref name="events"/>; false if there is none, or if the watch is
    /// compacted.
    /// </summary>
    public bool TryReadRevision(List<StoreEvent> events)
    {
        if (IsCompacted || !HasEvents)
        {
            return false;
        }

        Revision = _history[Position].Revision;
        while (HasEvents && _history[Position].Revision == Revision)
        {
            events.Add(_history[Position]);
            Position++;
        }

        return true;
    }

    /// <summary>Everything that is there to read, in order.</summary>
    public IReadOnlyList<StoreEvent> ReadAll()
    {
        List<StoreEvent> events = [];
        while (TryReadRevision(events))
        {
        }

        return events;
    }
}
