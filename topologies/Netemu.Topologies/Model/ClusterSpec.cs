using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A Kubernetes cluster whose content comes from manifests: its machines and how they are joined.</summary>
public sealed class ClusterSpec : Spec
{
    /// <summary>The router that joins the cluster's segments and that default routes point to.</summary>
    public const string GatewayName = "gateway";

    /// <summary>The switch that joins the nodes where there are no racks.</summary>
    public const string SegmentName = "segment";

    public IReadOnlyList<ClusterNodeSpec> Nodes { get; internal set; } = [];

    /// <summary>Racks behind a router each; 0 joins all nodes by one segment.</summary>
    public int Racks { get; internal set; }

    public int NodesPerRack { get; internal set; }

    /// <summary>The prefix that the nodes' addresses come from where they are not given.</summary>
    public InternetPrefix? Subnet { get; internal set; }

    public Duration LinkDelay { get; internal set; }

    public BitRate? LinkRate { get; internal set; }

    public int LinkMtu { get; internal set; }

    /// <summary>Whether the segment has a gateway router (the default), which the nodes' default routes point to.</summary>
    public bool Gateway { get; internal set; } = true;

    /// <summary>How BGP speakers are joined.</summary>
    public BgpTransport Transport { get; internal set; }

    public BgpTimerProfile Timers { get; internal set; } = BgpTimerProfile.CalicoBird;

    public ServiceTimeModel ServiceTime { get; internal set; }

    /// <summary>The router of a rack, which counts from 1.</summary>
    public static string RackRouterName(int rack) => $"rack{rack}";

    /// <summary>The switch of a rack.</summary>
    public static string RackSegmentName(int rack) => $"rack{rack}-segment";

    /// <summary>A node of a rack that nothing else names; both count from 1.</summary>
    public static string RackNodeName(int rack, int node) => $"rack{rack}-node{node}";

    /// <summary>The names of all nodes that are made for the cluster and stand in no file.</summary>
    internal IEnumerable<string> MadeNames()
    {
        if (Gateway)
        {
            yield return GatewayName;
        }

        yield return SegmentName;
        for (int rack = 1; rack <= Racks; rack++)
        {
            yield return RackRouterName(rack);
            yield return RackSegmentName(rack);
            for (int node = 1; node <= NodesPerRack; node++)
            {
                yield return RackNodeName(rack, node);
            }
        }
    }
}
