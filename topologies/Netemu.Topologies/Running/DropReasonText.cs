using Netemu.Engine.Frames;

namespace Netemu.Topologies.Running;

/// <summary>What a drop reason means to whoever looks for a lost packet, with the word of Linux that leads on.</summary>
public static class DropReasonText
{
    /// <summary>A few words; null where the name says it.</summary>
    public static string? Of(DropReason reason) => reason switch
    {
        DropReason.LinkDown => "the cable is cut",
        DropReason.DeviceDown => "the device is not up",
        DropReason.NoCarrier => "the device has no carrier",
        DropReason.QueueFull or DropReason.QdiscCongested => "the queue is full: tc -s qdisc",
        DropReason.FrameTooLong => "the frame is longer than the device's MTU",
        DropReason.OtherHost => "the MAC address is somebody else's",
        DropReason.UnknownVlan => "no device has this VLAN",
        DropReason.BridgeSamePort => "the station is behind the port that the frame came in by: bridge fdb",
        DropReason.BridgePortLocked => "the port is locked, and the sender is not known behind it: bridge fdb",
        DropReason.BridgePortBlocked => "the port's state does not forward: bridge link",
        DropReason.BridgeVlanFiltered => "the port does not take this VLAN: bridge vlan",
        DropReason.MacvlanNoChild => "no macvlan has this MAC address",
        DropReason.IpvlanNoChild => "no ipvlan has this address",
        DropReason.VxlanNoRemote => "no remote for this MAC address: bridge fdb",
        DropReason.VxlanUnknownVni => "no vxlan device has this VNI",
        DropReason.TunnelNoMatch => "no tunnel has these ends and this key: ip -d link",
        DropReason.TunnelNoRoute => "no route to the tunnel's remote end",
        DropReason.MartianSource => "the source address is none that may come in here: rp_filter, accept_local",
        DropReason.MartianDestination => "the destination address is none that may come in here",
        DropReason.ReversePathFilter => "the way back to the source leads out of another device: rp_filter",
        DropReason.NotLocalAddress => "no address of this host, and it does not route: ip_forward",
        DropReason.ForwardingDisabled => "this host does not route: ip_forward",
        DropReason.NoRoute => "no route to the destination: ip route get",
        DropReason.HostUnreachable => "the route says unreachable",
        DropReason.Prohibited => "the route or rule says prohibit",
        DropReason.Blackhole => "the route says blackhole",
        DropReason.TtlExpired => "the TTL is used up: a loop?",
        DropReason.PacketTooBig => "larger than the next device's MTU, and not to be fragmented",
        DropReason.IPv6Disabled => "IPv6 is off here: disable_ipv6",
        DropReason.ArpNotForUs => "this host neither has the address nor answers for it",
        DropReason.ArpIgnored => "arp_ignore",
        DropReason.NeighbourFailed => "nobody answers for the next hop: ip neigh",
        DropReason.NeighbourQueueFull => "too many packets wait for the next hop's address",
        DropReason.NoSocket => "no program listens on this UDP port: ss -lun",
        DropReason.TcpNoSocket => "no program listens on this TCP port: ss -ltn",
        DropReason.IcmpIgnored => "icmp_echo_ignore_all or icmp_echo_ignore_broadcasts",
        DropReason.ConntrackInvalid => "connection tracking finds it invalid",
        DropReason.ConntrackTableFull => "nf_conntrack_max",
        DropReason.ImpairLoss => "lost by the link's impairment",
        _ => null,
    };
}
