using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Peering;

/// <summary>The BGP speaker of one node, derived from the resources.</summary>
public sealed record BgpNodeConfiguration(string Node, uint AsNumber, IPv4Address RouterId)
{
    public ushort ListenPort { get; init; }

    /// <summary>The node's own addresses with their subnets; null where the node lacks the family.</summary>
    public InterfaceAddress<IPv4Address>? IPv4Address { get; init; }

    public InterfaceAddress<IPv6Address>? IPv6Address { get; init; }

    /// <summary>By peer address.</summary>
    public IReadOnlyList<BgpPeering> Peerings { get; init; } = [];

    /// <summary>Prefixes that the node announces itself: its blocks, service ranges, service addresses. Sorted.</summary>
    public IReadOnlyList<InternetPrefix> Originated { get; init; } = [];

    /// <summary>Communities ("asn:value") for announced routes inside a prefix, before the export rules are asked.</summary>
    public IReadOnlyList<KeyValuePair<InternetPrefix, IReadOnlyList<string>>> Communities { get; init; } = [];

    /// <summary>The node's confirmed blocks.</summary>
    public IReadOnlyList<InternetPrefix> Blocks { get; init; } = [];

    /// <summary>Workloads' addresses outside the node's blocks: BIRD learns them from the kernel.</summary>
    public IReadOnlyList<InternetPrefix> LearnedAddresses { get; init; } = [];

    /// <summary>The ranges of Services that are announced whole.</summary>
    public IReadOnlyList<InternetPrefix> ServiceRanges { get; init; } = [];

    /// <summary>The pools, by name.</summary>
    public IReadOnlyList<IPPool> Pools { get; init; } = [];

    /// <summary>All BGPFilters, by name.</summary>
    public IReadOnlyList<BgpFilter> Filters { get; init; } = [];

    public bool LogsDebug { get; init; }

    public bool BindsNodeIP { get; init; }

    /// <summary>BIRD, and not Felix, programs routes through the IPIP device.</summary>
    public bool ProgramsTunnels { get; init; }

    /// <summary>Devices that BIRD takes no addresses from.</summary>
    public IReadOnlyList<string> IgnoredInterfaces { get; init; } = [];

    public IReadOnlyList<KernelRouteRule> KernelRules { get; init; } = [];
}
