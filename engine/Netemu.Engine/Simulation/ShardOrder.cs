namespace Netemu.Engine.Simulation;

/// <summary>In which order the shards of one window are visited. Results never depend on it; tests use that.</summary>
public enum ShardOrder : byte
{
    Declared,
    Reversed,
    Shuffled,
}
