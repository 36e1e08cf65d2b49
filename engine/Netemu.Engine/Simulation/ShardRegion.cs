using System;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Shards that are run for a while before others are: those that are joined by links which are not much longer than a window, and
/// small groups of such shards that nothing or only long links join to the rest. Until the shortest link into it could bring
/// anything, a region goes on by itself, and what it needs stays in the cache meanwhile.
/// </summary>
internal sealed class ShardRegion
{
    /// <summary>Groups of shards are put together until there are so many: few enough for the cache, enough to be worth a visit.</summary>
    public const int LeastShards = 32;

    private readonly ShardSide[] _sides = [new(), new()];

    /// <summary>The shortest link between two of its shards, in nanoseconds: how long one of its windows may be.</summary>
    public long Window = long.MaxValue;

    /// <summary>True if every link between its shards joins one side to the other; see <see cref="ShardSide"/>.</summary>
    public bool HasTwoSides = true;

    /// <summary>The number of its shards.</summary>
    public int Shards;

    /// <summary>True while it is in the emulation's list of regions with work.</summary>
    public bool IsActive;

    public ReadOnlySpan<ShardSide> Sides => _sides;

    /// <summary>The earliest work of its shards, timers in the wheel not counted.</summary>
    public long NextWork => Math.Min(_sides[0].NextWork, _sides[1].NextWork);

    /// <summary>A shard has work at <paramref name="time"/>, which is earlier than all that it had.</summary>
    public void NoteWork(Shard shard, long time) => _sides[shard.Side].NoteWork(shard, time);
}
