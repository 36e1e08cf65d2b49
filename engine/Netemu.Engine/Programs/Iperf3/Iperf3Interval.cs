using Netemu.Core.Time;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>A stream during an interval of a test; times count from its start.</summary>
public sealed record Iperf3Interval(int Stream, Duration Start, Duration End, Iperf3Counts Counts)
{
    /// <summary>The congestion window of a TCP sender at the end.</summary>
    public int Window { get; init; }

    /// <summary>The window that the other side offers is not known here; the round trip is, in microseconds.</summary>
    public long RoundTrip { get; init; }

    public long RoundTripVariation { get; init; }

    public int PathMtu { get; init; }

    /// <summary>A UDP receiver's jitter, in nanoseconds.</summary>
    public long Jitter { get; init; }
}
