using System.Collections.Generic;

namespace Netemu.Topologies.Results;

/// <summary>Where all frames went: sent = delivered + dropped + queued.</summary>
public sealed record FrameTotals(long Sent, long Delivered, long Queued, IReadOnlyList<KeyValuePair<string, long>> Dropped)
{
    /// <summary>Whether every frame is accounted for.</summary>
    public bool Balanced
    {
        get
        {
            long dropped = 0;
            foreach (KeyValuePair<string, long> reason in Dropped)
            {
                dropped += reason.Value;
            }

            return Sent == Delivered + Queued + dropped;
        }
    }
}
