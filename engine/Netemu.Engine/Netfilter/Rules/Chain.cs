using System.Collections.Immutable;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>A chain as it was written; those named as a base chain of their table are called by its hook.</summary>
public sealed record Chain(string Name, ImmutableArray<Rule> Rules)
{
    /// <summary>What becomes of a packet at the end; only base chains have one, ACCEPT if none is given.</summary>
    public ChainPolicy Policy { get; init; }

    /// <summary>Where the policy's counters begin.</summary>
    public CounterValue Initial { get; init; }
}
