using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices.Vxlan;

namespace Netemu.Topologies.Model;

/// <summary>The settings of vxlan, ipip, gre, gretap and sit devices; null is the kernel's default.</summary>
public sealed class TunnelOptions
{
    public InternetAddress? Remote { get; internal set; }

    public InternetAddress? Local { get; internal set; }

    /// <summary>A vxlan's default destinations, for broadcast and unknown unicast.</summary>
    public IReadOnlyList<InternetAddress> Remotes { get; internal set; } = [];

    /// <summary>The multicast group of a vxlan.</summary>
    public InternetAddress? Group { get; internal set; }

    public int? DestinationPort { get; internal set; }

    /// <summary>The range of UDP source ports, from a hash of the inner flow.</summary>
    public PortRange? SourcePorts { get; internal set; }

    public bool? Learning { get; internal set; }

    /// <summary>A vxlan that answers ARP from its own neighbour table.</summary>
    public bool? Proxy { get; internal set; }

    /// <summary>A vxlan that counts unicast frames without an entry.</summary>
    public bool? L2Miss { get; internal set; }

    /// <summary>A vxlan that counts addresses asked for that its neighbour table does not know.</summary>
    public bool? L3Miss { get; internal set; }

    /// <summary>Outer UDP checksums of a vxlan.</summary>
    public bool? UdpChecksum { get; internal set; }

    /// <summary>Whether a vxlan's outer packets carry DF.</summary>
    public VxlanDontFragment DontFragment { get; internal set; }

    public Duration? Ageing { get; internal set; }

    /// <summary>The outer TTL; 0 inherits the inner one.</summary>
    public int? Ttl { get; internal set; }

    public int? Tos { get; internal set; }

    /// <summary>The key of a GRE tunnel.</summary>
    public uint? Key { get; internal set; }

    public bool? PathMtuDiscovery { get; internal set; }
}
