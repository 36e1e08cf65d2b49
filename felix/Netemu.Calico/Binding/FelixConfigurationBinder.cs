using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads FelixConfiguration: settings with an effect here are bound, data planes we do not have are refused.</summary>
internal static class FelixConfigurationBinder
{
    /// <summary>Settings of Calico's that would change what packets or routes do, and do not here.</summary>
    private static readonly ImmutableArray<(string Field, string Why)> _withoutEffect =
    [
        ("ipipEnabled", "the pools decide"),
        ("vxlanEnabled", "the pools decide"),
        ("ipv6Support", "IPv6 is written where the node has it on"),
        ("ipipMTU", "tunl0 has its node's MTU less 20"),
        ("vxlanMTU", "vxlan.calico has its node's MTU less 50"),
        ("mtuIfacePattern", "the device with the node's address counts"),
        ("routeSource", "routes follow IPAM's blocks (CalicoIPAM)"),
        ("removeExternalRoutes", "routes of others on workloads' devices stay until the refresh interval"),
        ("deviceRouteProtocol", "Felix's routes have protocol boot"),
        ("deviceRouteSourceAddress", "workloads' routes have no preferred source"),
        ("externalNodesList", "IPIP and VXLAN are taken from the cluster's nodes only"),
        ("iptablesMangleAllowAction", "what mangle accepts goes on to filter"),
        ("iptablesNATOutgoingInterfaceFilter", "natOutgoing masquerades on every device"),
        ("natOutgoingAddress", "natOutgoing masquerades with the address of the outgoing device"),
        ("natPortRange", "natOutgoing takes any free port"),
        ("interfaceExclude", "host endpoints are found on every device but workloads' and tunnels'"),
        ("iptablesMarkMask", "marks are the first bits of 0xffff0000"),
    ];

    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        FelixConfiguration defaults = new(metadata);
        FelixConfiguration configuration = defaults with
        {
            FailsafeInbound = ReadFailsafe(spec, "failsafeInboundHostPorts") ?? defaults.FailsafeInbound,
            FailsafeOutbound = ReadFailsafe(spec, "failsafeOutboundHostPorts") ?? defaults.FailsafeOutbound,
            DefaultEndpointToHostAction = spec.Choice(
                "defaultEndpointToHostAction",
                ("Drop", EndpointToHostAction.Drop),
                ("Accept", EndpointToHostAction.Accept),
                ("Return", EndpointToHostAction.Return)),
            VxlanPort = spec.Port("vxlanPort") ?? defaults.VxlanPort,
            VxlanVni = (int?)spec.Integer("vxlanVNI", 1, 0xFF_FFFF) ?? defaults.VxlanVni,
            AllowVxlanPacketsFromWorkloads = spec.Flag("allowVXLANPacketsFromWorkloads", false),
            AllowIpipPacketsFromWorkloads = spec.Flag("allowIPIPPacketsFromWorkloads", false),
            DisableConntrackInvalidCheck = spec.Flag("disableConntrackInvalidCheck", false),
            FloatingIPs = spec.Choice("floatingIPs", ("Disabled", false), ("Enabled", true)),
            WorkloadSourceSpoofing = spec.Choice("workloadSourceSpoofing", ("Disabled", false), ("Any", true)),
            NatOutgoingExcludesHosts = spec.Choice("natOutgoingExclusions", ("IPPoolsOnly", false), ("IPPoolsAndHostIPs", true)),
            AppendsChains = spec.Choice("chainInsertMode", ("Insert", false), ("Append", true)),
            FilterDenyAction = spec.Choice("iptablesFilterDenyAction", ("Drop", RejectAction.Drop), ("Reject", RejectAction.Reject)),
            FilterAllowReturns = spec.Choice("iptablesFilterAllowAction", ("Accept", false), ("Return", true)),
            IptablesRefreshInterval = spec.Span("iptablesRefreshInterval") ?? defaults.IptablesRefreshInterval,
            IpsetsRefreshInterval = spec.Span("ipsetsRefreshInterval") ?? defaults.IpsetsRefreshInterval,
            RouteRefreshInterval = spec.Span("routeRefreshInterval") ?? defaults.RouteRefreshInterval,
            ServiceLoopPrevention = spec.Choice(
                "serviceLoopPrevention",
                ("Drop", ServiceLoopPrevention.Drop),
                ("Reject", ServiceLoopPrevention.Reject),
                ("Disabled", ServiceLoopPrevention.Disabled)),
            LogPrefix = spec.Text("logPrefix") ?? defaults.LogPrefix,
            ProgramClusterRoutes = spec.Choice(
                "programClusterRoutes",
                ("Disabled", ClusterRouteProgramming.Disabled),
                ("EnabledIPIPOnly", ClusterRouteProgramming.EnabledIpipOnly),
                ("Enabled", ClusterRouteProgramming.Enabled)),
            Given = [.. spec.Names],
        };
        Refuse(spec, "bpfEnabled", "the eBPF data plane is not supported");
        Refuse(spec, "wireguardEnabled", "WireGuard is not supported");
        Refuse(spec, "wireguardEnabledV6", "WireGuard is not supported");
        if (spec.Text("nftablesMode") is "Enabled")
        {
            spec.Unsupported("nftablesMode", "only the iptables data plane is supported");
        }

        if (spec.Text("interfacePrefix") is { } prefix && prefix != "cali")
        {
            spec.Unsupported("interfacePrefix", "workload interfaces are called cali...");
        }

        spec.Ignore(
            "logSeverityScreen", "logSeverityFile", "logSeveritySys", "logFilePath", "reportingInterval", "healthEnabled",
            "healthHost", "healthPort", "prometheusMetricsEnabled", "prometheusMetricsPort", "prometheusMetricsHost",
            "bpfLogLevel", "usageReportingEnabled", "routeTableRanges", "routeTableRange", "featureDetectOverride", "bpfConnectTimeLoadBalancing", "bpfHostNetworkedNATWithoutCTLB", "flowLogsFlushInterval", "flowLogsGoldmaneServer");
        foreach ((string field, string why) in _withoutEffect)
        {
            spec.HasNoEffect(field, why);
        }

        spec.Finish();
        return configuration;
    }

    private static void Refuse(FieldReader spec, string name, string message)
    {
        if (spec.Flag(name, false))
        {
            spec.Unsupported(name, message);
        }
    }

    private static List<FailsafePort>? ReadFailsafe(FieldReader spec, string name)
    {
        if (!spec.Has(name))
        {
            return null;
        }

        List<FailsafePort> ports = [];
        foreach (FieldReader entry in spec.Objects(name))
        {
            if (entry.Port("port") is { } port)
            {
                ports.Add(new FailsafePort(
                    entry.Choice("protocol", ("tcp", IPProtocol.Tcp), ("TCP", IPProtocol.Tcp), ("udp", IPProtocol.Udp), ("UDP", IPProtocol.Udp)),
                    port,
                    entry.Prefix("net")));
            }

            entry.Finish();
        }

        return ports;
    }
}
