using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A Kubernetes cluster whose content comes from manifests: its machines and how they are joined.</summary>
public sealed class ClusterSpec : Spec
{
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
}
