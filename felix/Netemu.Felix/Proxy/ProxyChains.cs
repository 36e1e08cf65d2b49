using System.Collections.Generic;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Proxy;

/// <summary>What kube-proxy wants in one table: its chains, and the rules of the built-in chains that lead to them.</summary>
public sealed record ProxyChains(
    NetfilterTable Table,
    IReadOnlyList<Chain> Chains,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<ChainRule>>> Hooks);
