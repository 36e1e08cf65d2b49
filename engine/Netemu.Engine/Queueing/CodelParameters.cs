using Netemu.Core.Time;

namespace Netemu.Engine.Queueing;

/// <summary>The parameters of CoDel (struct codel_params; RFC 8289 section 4.2).</summary>
public sealed record CodelParameters
{
    /// <summary>The delay of a queue that is no burst.</summary>
    public Duration Target { get; init; } = Duration.FromMilliseconds(5);

    /// <summary>How long the delay may stay above it: a worst-case round trip.</summary>
    public Duration Interval { get; init; } = Duration.FromMilliseconds(100);

    /// <summary>Marks what can be marked instead of dropping it.</summary>
    public bool Ecn { get; init; }

    /// <summary>Marks everything that waited longer than this; null for never.</summary>
    public Duration? CeThreshold { get; init; }
}
