namespace Netemu.Engine.Simulation;

/// <summary>What a run is given beside its topology.</summary>
public sealed record EmulationOptions
{
    public static EmulationOptions Default { get; } = new();

    /// <summary>Every random choice derives from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The order in which shards are visited; results do not depend on it.</summary>
    public ShardOrder ShardOrder { get; init; }

    /// <summary>The run ends when this many frames have been sent; 0 for no limit.</summary>
    public long MaximumFrames { get; init; }
}
