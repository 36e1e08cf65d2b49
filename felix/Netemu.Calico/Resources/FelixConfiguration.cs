using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>Felix's settings, for the cluster ("default") or for one node ("node.NAME"), with Calico's defaults.</summary>
public sealed record FelixConfiguration(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.FelixConfiguration;

    public IReadOnlyList<FailsafePort> FailsafeInbound { get; init; } =
    [
        new(IPProtocol.Tcp, 22), new(IPProtocol.Udp, 68), new(IPProtocol.Tcp, 179), new(IPProtocol.Tcp, 2379),
        new(IPProtocol.Tcp, 2380), new(IPProtocol.Tcp, 5473), new(IPProtocol.Tcp, 6443), new(IPProtocol.Tcp, 6666),
        new(IPProtocol.Tcp, 6667),
    ];

    public IReadOnlyList<FailsafePort> FailsafeOutbound { get; init; } =
    [
        new(IPProtocol.Udp, 53), new(IPProtocol.Udp, 67), new(IPProtocol.Tcp, 179), new(IPProtocol.Tcp, 2379),
        new(IPProtocol.Tcp, 2380), new(IPProtocol.Tcp, 5473), new(IPProtocol.Tcp, 6443), new(IPProtocol.Tcp, 6666),
        new(IPProtocol.Tcp, 6667),
    ];

    public EndpointToHostAction DefaultEndpointToHostAction { get; init; }

    public ushort VxlanPort { get; init; } = 4789;

    public int VxlanVni { get; init; } = 4096;

    public bool AllowVxlanPacketsFromWorkloads { get; init; }

    public bool AllowIpipPacketsFromWorkloads { get; init; }

    public bool DisableConntrackInvalidCheck { get; init; }

    public bool FloatingIPs { get; init; }

    /// <summary>workloadSourceSpoofing Any: pods may be granted further source prefixes by annotation.</summary>
    public bool WorkloadSourceSpoofing { get; init; }

    /// <summary>natOutgoingExclusions: also exclude host addresses, not only pools.</summary>
    public bool NatOutgoingExcludesHosts { get; init; }

    /// <summary>chainInsertMode Append: other rules of the built-in chains come first.</summary>
    public bool AppendsChains { get; init; }

    public RejectAction FilterDenyAction { get; init; }

    public bool FilterAllowReturns { get; init; }

    public Duration IptablesRefreshInterval { get; init; } = Duration.FromSeconds(180);

    public Duration IpsetsRefreshInterval { get; init; } = Duration.FromSeconds(90);

    public Duration RouteRefreshInterval { get; init; } = Duration.FromSeconds(90);

    public ServiceLoopPrevention ServiceLoopPrevention { get; init; }

    public string LogPrefix { get; init; } = "calico-packet";

    /// <summary>Who programs routes to other nodes' blocks.</summary>
    public ClusterRouteProgramming ProgramClusterRoutes { get; init; }
}
