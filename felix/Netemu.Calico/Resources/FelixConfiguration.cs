using System.Collections.Generic;
using System.Linq;
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

    /// <summary>The fields that were written, by their names in the manifest.</summary>
    public IReadOnlyCollection<string> Given { get; init; } = [];

    /// <summary>What is in force on a node of a cluster.</summary>
    public static FelixConfiguration InForce(IReadOnlyCollection<FelixConfiguration> written, string node)
    {
        FelixConfiguration cluster = written.FirstOrDefault(one => one.Name == "default") ?? new FelixConfiguration(new ObjectMetadata("default"));
        return written.FirstOrDefault(one => one.Name == "node." + node)?.Over(cluster) ?? cluster;
    }

    /// <summary>
    /// What is in force on a node: its own fields that were written, the cluster's otherwise (felix/config/config_params.go,
    /// UpdateFrom: each parameter comes from its most specific source).
    /// </summary>
    public FelixConfiguration Over(FelixConfiguration cluster)
    {
        return cluster with
        {
            Metadata = Metadata,
            Source = Source,
            FailsafeInbound = Of("failsafeInboundHostPorts", FailsafeInbound, cluster.FailsafeInbound),
            FailsafeOutbound = Of("failsafeOutboundHostPorts", FailsafeOutbound, cluster.FailsafeOutbound),
            DefaultEndpointToHostAction = Of("defaultEndpointToHostAction", DefaultEndpointToHostAction, cluster.DefaultEndpointToHostAction),
            VxlanPort = Of("vxlanPort", VxlanPort, cluster.VxlanPort),
            VxlanVni = Of("vxlanVNI", VxlanVni, cluster.VxlanVni),
            AllowVxlanPacketsFromWorkloads =
                Of("allowVXLANPacketsFromWorkloads", AllowVxlanPacketsFromWorkloads, cluster.AllowVxlanPacketsFromWorkloads),
            AllowIpipPacketsFromWorkloads =
                Of("allowIPIPPacketsFromWorkloads", AllowIpipPacketsFromWorkloads, cluster.AllowIpipPacketsFromWorkloads),
            DisableConntrackInvalidCheck =
                Of("disableConntrackInvalidCheck", DisableConntrackInvalidCheck, cluster.DisableConntrackInvalidCheck),
            FloatingIPs = Of("floatingIPs", FloatingIPs, cluster.FloatingIPs),
            WorkloadSourceSpoofing = Of("workloadSourceSpoofing", WorkloadSourceSpoofing, cluster.WorkloadSourceSpoofing),
            NatOutgoingExcludesHosts = Of("natOutgoingExclusions", NatOutgoingExcludesHosts, cluster.NatOutgoingExcludesHosts),
            AppendsChains = Of("chainInsertMode", AppendsChains, cluster.AppendsChains),
            FilterDenyAction = Of("iptablesFilterDenyAction", FilterDenyAction, cluster.FilterDenyAction),
            FilterAllowReturns = Of("iptablesFilterAllowAction", FilterAllowReturns, cluster.FilterAllowReturns),
            IptablesRefreshInterval = Of("iptablesRefreshInterval", IptablesRefreshInterval, cluster.IptablesRefreshInterval),
            IpsetsRefreshInterval = Of("ipsetsRefreshInterval", IpsetsRefreshInterval, cluster.IpsetsRefreshInterval),
            RouteRefreshInterval = Of("routeRefreshInterval", RouteRefreshInterval, cluster.RouteRefreshInterval),
            ServiceLoopPrevention = Of("serviceLoopPrevention", ServiceLoopPrevention, cluster.ServiceLoopPrevention),
            LogPrefix = Of("logPrefix", LogPrefix, cluster.LogPrefix),
            ProgramClusterRoutes = Of("programClusterRoutes", ProgramClusterRoutes, cluster.ProgramClusterRoutes),
            Given = [.. Given.Union(cluster.Given)],
        };

        T Of<T>(string field, T own, T clusters) => Given.Contains(field) ? own : clusters;
    }
}
