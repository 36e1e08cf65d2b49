namespace Netemu.Engine.Queueing;

/// <summary>The counters of `tc -s` (gnet_stats_basic, gnet_stats_queue).</summary>
public struct QueueStatistics
{
    public long SentBytes;
    public long SentPackets;
    public long Dropped;

    /// <summary>Times that a frame had to wait for its rate.</summary>
    public long Overlimits;

    public long Requeues;
}
