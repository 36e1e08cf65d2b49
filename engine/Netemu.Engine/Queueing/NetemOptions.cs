using System;
using Netemu.Core.Time;

namespace Netemu.Engine.Queueing;

/// <summary>
/// What netem does to frames (struct tc_netem_qopt and its attributes). Shares are the kernel's: 32-bit fractions of which
/// <see cref="uint.MaxValue"/> is "always".
/// </summary>
public sealed record NetemOptions
{
    /// <summary>Frames that may wait.</summary>
    public long Limit { get; init; } = 1000;

    public Duration Delay { get; init; }

    public Duration Jitter { get; init; }

    public uint DelayCorrelation { get; init; }

    public NetemDistribution Distribution { get; init; }

    /// <summary>Random loss.</summary>
    public uint Loss { get; init; }

    public uint LossCorrelation { get; init; }

    /// <summary>Loss by a chain of states; null for none.</summary>
    public LossModel? LossModel { get; init; }

    public uint Duplicate { get; init; }

    public uint DuplicateCorrelation { get; init; }

    public uint Corrupt { get; init; }

    public uint CorruptCorrelation { get; init; }

    public uint Reorder { get; init; }

    public uint ReorderCorrelation { get; init; }

    /// <summary>One frame in so many may be reordered; 0 for none.</summary>
    public uint Gap { get; init; }

    /// <summary>0 for no rate.</summary>
    public long RateBitsPerSecond { get; init; }

    /// <summary>Bytes that each frame is longer on the wire than here; may be negative.</summary>
    public int PacketOverhead { get; init; }

    /// <summary>Frames travel in whole cells of this size; 0 for none.</summary>
    public int CellSize { get; init; }

    public int CellOverhead { get; init; }

    /// <summary>Marks what can be marked instead of losing it.</summary>
    public bool Ecn { get; init; }

    /// <summary>A seed of its own in place of the run's.</summary>
    public long? Seed { get; init; }

    /// <summary>The share nearest to <paramref name="parts"/> out of <paramref name="whole"/> (tc's set_percent).</summary>
    public static uint Share(long parts, long whole) => (uint)((((Int128)parts * uint.MaxValue) + (whole / 2)) / whole);
}
