namespace Netemu.Topologies.Model;

/// <summary>The kinds of devices, by the words of <c>ip link add type</c>.</summary>
public enum InterfaceType : byte
{
    /// <summary>No type given: the end of a link (or <c>lo</c>).</summary>
    LinkEnd,
    Loopback,
    Veth,
    Bridge,
    Vlan,
    Macvlan,
    Macvtap,
    Ipvlan,
    Vxlan,
    Ipip,
    Gre,
    Gretap,
    Sit,
    Tun,
    Tap,
    Dummy,
}
