using System.Globalization;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The columns of `calicoctl get`, plain and -o wide, kind by kind (calicoctl/resourcemgr).</summary>
internal static class CalicoColumns
{
    /// <summary>What joinAndTruncate leaves of a list of nets.</summary>
    private const int LongestNets = 80;

    /// <summary>Header and cells of one object; what it refers to is looked up in the store.</summary>
    public static (string[] Header, string[] Cells) Of(Resource value, bool isWide, IResourceStore store) => value switch
    {
        Node node => isWide
            ? (["NAME", "ASN", "IPV4", "IPV6"], [node.Name, node.AsNumber is { } number ? $"{number}" : $"({DefaultAs(store)})", $"{node.IPv4Address}", $"{node.IPv6Address}"])
            : NameOnly(node),
        IPPool pool => isWide
            ? (
                ["NAME", "CIDR", "NAT", "IPIPMODE", "VXLANMODE", "DISABLED", "DISABLEBGPEXPORT", "SELECTOR", "ASSIGNMENTMODE"],
                [
                    pool.Name, $"{pool.Cidr}", Word(pool.NatOutgoing), $"{pool.IpipMode}", $"{pool.VxlanMode}", Word(pool.Disabled),
                    Word(pool.DisableBgpExport), pool.NodeSelector.ToString(), $"{pool.AssignmentMode}",
                ])
            : (["NAME", "CIDR", "SELECTOR"], [pool.Name, $"{pool.Cidr}", pool.NodeSelector.ToString()]),
        BgpPeer peer => (
            ["NAME", "PEERIP", "NODE", "ASN"],
            [
                peer.Name, peer.PeerIP?.ToString() ?? string.Empty,
                peer.Node ?? peer.NodeSelector?.ToString() ?? "(global)", peer.AsNumber is { } asn ? $"{asn}" : "0",
            ]),
        BgpConfiguration configuration => (
            ["NAME", "LOGSEVERITY", "MESHENABLED", "ASNUMBER"],
            [
                configuration.Name, configuration.LogsDebug ? "Debug" : "Info",
                configuration.NodeToNodeMeshEnabled is { } mesh ? Word(mesh) : "-", configuration.AsNumber is { } own ? $"{own}" : "-",
            ]),
        BgpFilter filter => (
            ["NAME", "NUMEXPORTV4", "NUMIMPORTV4", "NUMEXPORTV6", "NUMIMPORTV6"],
            [filter.Name, Number(filter.ExportV4.Count), Number(filter.ImportV4.Count), Number(filter.ExportV6.Count), Number(filter.ImportV6.Count)]),
        NetworkPolicy policy => isWide
            ? (["NAME", "TIER", "ORDER", "SELECTOR"], [policy.Name, policy.Spec.Tier, Order(policy.Spec.Order), policy.Spec.Selector.ToString()])
            : (["NAME", "TIER"], [policy.Name, policy.Spec.Tier]),
        Tier tier => (["NAME", "ORDER"], [tier.Name, Order(tier.Order)]),
        NetworkSet set => isWide ? (["NAME", "NETS"], [set.Name, Shortened(string.Join(",", set.Nets))]) : NameOnly(set),
        IPReservation reservation => isWide
            ? (["NAME", "CIDRS"], [reservation.Name, Shortened(string.Join(",", reservation.ReservedCidrs))])
            : NameOnly(reservation),
        HostEndpoint host => isWide
            ? (
                ["NAME", "NODE", "INTERFACE", "IPS", "PROFILES"],
                [host.Name, host.Node, host.InterfaceName, string.Join(",", host.ExpectedIPs), string.Join(",", host.Profiles)])
            : (["NAME", "NODE"], [host.Name, host.Node]),
        WorkloadEndpoint workload => OfWorkload(workload, isWide),
        Profile profile => isWide ? (["NAME", "LABELS"], [profile.Name, $"{profile.LabelsToApply}"]) : NameOnly(profile),
        BlockAffinity affinity => (
            ["NAME", "NODE", "CIDR", "STATE"], [affinity.Name, affinity.Node, $"{affinity.Cidr}", $"{affinity.State}".ToLowerInvariant()]),
        _ => NameOnly(value),
    };

    private static (string[] Header, string[] Cells) OfWorkload(WorkloadEndpoint workload, bool isWide)
    {
        string[] cells = [workload.Workload, workload.Node, string.Join(",", workload.Addresses.Select(ManifestWriter.HostNet)), workload.InterfaceName];
        return isWide
            ? (
                ["NAME", "WORKLOAD", "NODE", "NETWORKS", "INTERFACE", "PROFILES", "NATS"],
                [
                    workload.Name, .. cells, string.Join(",", workload.Profiles),
                    string.Join(",", workload.Nats.Select(n => $"{{{n.Internal} {n.External}}}")),
                ])
            : (["WORKLOAD", "NODE", "NETWORKS", "INTERFACE"], cells);
    }

    private static (string[] Header, string[] Cells) NameOnly(Resource value) => (["NAME"], [value.Name]);

    private static uint DefaultAs(IResourceStore store) =>
        store.Find<BgpConfiguration>(new ResourceKey(ResourceKind.BgpConfiguration, "default"))?.AsNumber ?? BgpConfiguration.DefaultAsNumber;

    private static string Shortened(string text) => text.Length <= LongestNets ? text : text[..(LongestNets - 3)] + "...";

    /// <summary>Go prints a pointer to nothing as it is.</summary>
    private static string Order(decimal? order) => order?.ToString(CultureInfo.InvariantCulture) ?? "<nil>";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Word(bool value) => value ? "true" : "false";
}
