using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Messages;

/// <summary>A policy that selects an endpoint of this node; policies with one selector may share a chain.</summary>
public sealed record ActivePolicyUpdate(
    ResourceKey Policy,
    string Tier,
    string Selector,
    bool IsUntracked,
    bool IsPreDnat,
    IReadOnlyList<ActiveRule> Ingress,
    IReadOnlyList<ActiveRule> Egress) : DataplaneMessage
{
    internal Memo<RenderedChains> Rendered { get; } = new();
}
