using System.Collections.Generic;

namespace Netemu.Calico.Store;

/// <summary>The events that a store has kept, numbered from 0 over its whole life.</summary>
internal sealed class StoreHistory
{
    private readonly List<StoreEvent> _events = [];

    /// <summary>The number of the first event that is kept.</summary>
    public long First { get; private set; }

    /// <summary>One past the last event.</summary>
    public long End => First + _events.Count;

    public StoreEvent this[long position] => _events[(int)(position - First)];

    /// <summary>Revisions up to this one have been dropped.</summary>
    public long CompactedRevision { get; private set; }

    public void Add(StoreEvent change) => _events.Add(change);

    /// <summary>The first event after a revision; before <see cref="First"/> if some of those have been dropped.</summary>
    public long PositionAfter(long revision) =>
        revision < CompactedRevision ? First - 1 : First + CountUpTo(revision);

    public void Compact(long revision)
    {
        int count = CountUpTo(revision);
        _events.RemoveRange(0, count);
        First += count;
        CompactedRevision = revision > CompactedRevision ? revision : CompactedRevision;
    }

    private int CountUpTo(long revision)
    {
        int low = 0;
        int high = _events.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _events[middle].Revision <= revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
