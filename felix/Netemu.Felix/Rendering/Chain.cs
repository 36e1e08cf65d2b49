using System.Collections.Generic;
using System.Linq;

namespace Netemu.Felix.Rendering;

/// <summary>A chain with its rules in order.</summary>
public sealed record Chain(string Name, IReadOnlyList<ChainRule> Rules)
{
    /// <summary>Whether the kernel would see no difference, nor an explanation of a verdict.</summary>
    public bool HasSameRules(Chain other) =>
        Rules.Count == other.Rules.Count
        && Rules.Zip(other.Rules).All(pair => pair.First.Origin == pair.Second.Origin && pair.First.ToString() == pair.Second.ToString());
}
