using System.Collections.Generic;
using System.Linq;
using EngineChain = Netemu.Engine.Netfilter.Rules.Chain;

namespace Netemu.Felix.Rendering;

/// <summary>A chain with its rules in order.</summary>
public sealed record Chain(string Name, IReadOnlyList<ChainRule> Rules)
{
    /// <summary>The chain in the netfilter's words, once some node has written it.</summary>
    internal Memo<EngineChain> Written { get; } = new();

    /// <summary>Whether the kernel would see no difference, nor an explanation of a verdict.</summary>
    public bool HasSameRules(Chain other) =>
        ReferenceEquals(Rules, other.Rules)
        || (Rules.Count == other.Rules.Count
        && Rules.Zip(other.Rules).All(pair => ReferenceEquals(pair.First, pair.Second)
            || (pair.First.Origin == pair.Second.Origin && pair.First.ToString() == pair.Second.ToString())));
}
