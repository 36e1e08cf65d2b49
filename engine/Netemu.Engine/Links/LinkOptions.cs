using Netemu.Core.Time;

namespace Netemu.Engine.Links;

/// <summary>How a link behaves, for both directions.</summary>
public sealed record LinkOptions
{
    /// <summary>50 us, 10 Gbit/s, 1,000 frames of queue: a data-centre cable.</summary>
    public static LinkOptions Default { get; } = new();

    /// <summary>The propagation delay; at least 1 ns.</summary>
    public Duration Delay { get; init; } = Duration.FromMicroseconds(50);

    /// <summary>Bits per second; 0 for no serialisation time at all.</summary>
    public long RateBitsPerSecond { get; init; } = 10_000_000_000;

    /// <summary>Frames that may wait in each end's pfifo.</summary>
    public int QueueLimit { get; init; } = 1000;
}
