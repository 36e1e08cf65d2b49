using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of interfaces, in the words of <c>ip link add</c>, and the types that each of them fits.</summary>
internal static class InterfaceShapes
{
    public static readonly ImmutableArray<(string Word, InterfaceType Type)> TypeWords =
    [
        ("veth", InterfaceType.Veth),
        ("bridge", InterfaceType.Bridge),
        ("vlan", InterfaceType.Vlan),
        ("macvlan", InterfaceType.Macvlan),
        ("macvtap", InterfaceType.Macvtap),
        ("ipvlan", InterfaceType.Ipvlan),
        ("vxlan", InterfaceType.Vxlan),
        ("ipip", InterfaceType.Ipip),
        ("gre", InterfaceType.Gre),
        ("gretap", InterfaceType.Gretap),
        ("sit", InterfaceType.Sit),
        ("tun", InterfaceType.Tun),
        ("tap", InterfaceType.Tap),
        ("dummy", InterfaceType.Dummy),
    ];

    private static readonly ImmutableArray<InterfaceType> Bridges = [InterfaceType.Bridge];

    private static readonly ImmutableArray<InterfaceType> Tunnels =
        [InterfaceType.Vxlan, InterfaceType.Ipip, InterfaceType.Gre, InterfaceType.Gretap, InterfaceType.Sit];

    private static readonly ImmutableArray<InterfaceType> Children =
    [
        InterfaceType.Vlan, InterfaceType.Macvlan, InterfaceType.Macvtap, InterfaceType.Ipvlan,
        InterfaceType.Vxlan, InterfaceType.Ipip, InterfaceType.Gre, InterfaceType.Gretap, InterfaceType.Sit,
    ];

    /// <summary>Words that only some types have; every other word fits all.</summary>
    public static readonly ImmutableArray<(string Key, ImmutableArray<InterfaceType> Types)> Fits =
    [
        ("peer", [InterfaceType.Veth]),
        ("parent", Children),
        ("mode", [InterfaceType.Macvlan, InterfaceType.Macvtap, InterfaceType.Ipvlan]),
        ("flag", [InterfaceType.Ipvlan]),
        ("macaddr", [InterfaceType.Macvlan, InterfaceType.Macvtap]),
        ("id", [InterfaceType.Vlan, InterfaceType.Vxlan]),
        ("attach", [InterfaceType.Tap, InterfaceType.Tun]),
        ("host-netns", [InterfaceType.Tap, InterfaceType.Tun]),
        ("host-name", [InterfaceType.Tap, InterfaceType.Tun]),
        ("host-ip", [InterfaceType.Tap, InterfaceType.Tun]),
        ("host-routes", [InterfaceType.Tap, InterfaceType.Tun]),
        ("stp", Bridges),
        ("ageing", [InterfaceType.Bridge, InterfaceType.Vxlan]),
        ("forward-delay", Bridges),
        ("hello-time", Bridges),
        ("max-age", Bridges),
        ("vlan-filtering", Bridges),
        ("default-pvid", Bridges),
        ("mcast-snooping", Bridges),
        ("remote", Tunnels),
        ("local", Tunnels),
        ("remotes", [InterfaceType.Vxlan]),
        ("group", [InterfaceType.Vxlan]),
        ("dstport", [InterfaceType.Vxlan]),
        ("srcport", [InterfaceType.Vxlan]),
        ("proxy", [InterfaceType.Vxlan]),
        ("l2miss", [InterfaceType.Vxlan]),
        ("l3miss", [InterfaceType.Vxlan]),
        ("udpcsum", [InterfaceType.Vxlan]),
        ("df", [InterfaceType.Vxlan]),
        ("ttl", Tunnels),
        ("tos", Tunnels),
        ("key", [InterfaceType.Gre, InterfaceType.Gretap]),
        ("pmtudisc", Tunnels),
    ];

    private static readonly Value<InterfaceMode> ModeWord = Values.Word(
        "a mode",
        ("private", InterfaceMode.Private),
        ("vepa", InterfaceMode.Vepa),
        ("bridge", InterfaceMode.Bridge),
        ("passthru", InterfaceMode.Passthru),
        ("source", InterfaceMode.Source),
        ("l2", InterfaceMode.L2),
        ("l3", InterfaceMode.L3),
        ("l3s", InterfaceMode.L3S));

    private static readonly Value<IReadOnlyList<InterfaceAddressSpec>> AddressList = Values.List(Values.InterfaceAddress);

    /// <summary>A list of addresses, or the word dhcp.</summary>
    private static readonly Value<(IReadOnlyList<InterfaceAddressSpec> Addresses, bool Dhcp)> Addresses = new CustomValue<(IReadOnlyList<InterfaceAddressSpec>, bool)>(
        static (YamlNode node, Binder binder, out (IReadOnlyList<InterfaceAddressSpec>, bool) value) =>
        {
            if (node is YamlScalar { Value: "dhcp" })
            {
                value = ([], true);
                return true;
            }

            bool ok = AddressList.TryBind(node, binder, out IReadOnlyList<InterfaceAddressSpec> list);
            value = (list, false);
            return ok;
        },
        static definitions => new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = "dhcp" }, AddressList.Describe(definitions)) });

    private static readonly Value<HostAttachment> AttachWord = Values.Word(
        "'host' or 'packet'", ("host", HostAttachment.Tap), ("packet", HostAttachment.PacketSocket));

    private static readonly Value<int> Vlan = Values.Integer(1, 4094, "a VLAN");

    /// <summary>The bridge's own words; a node of kind bridge has them too.</summary>
    public static ObjectShape<BridgeOptions> Bridge { get; } = new("bridgeOptions", "a bridge", static () => new())
    {
        { "stp", Values.Boolean, (s, v) => s.Stp = v, "Spanning tree (false)." },
        { "ageing", Values.Duration, (s, v) => s.Ageing = v, "How long learned addresses live (300s)." },
        { "forward-delay", Values.Duration, (s, v) => s.ForwardDelay = v, "STP forward delay (15s)." },
        { "hello-time", Values.Duration, (s, v) => s.HelloTime = v, "STP hello time (2s)." },
        { "max-age", Values.Duration, (s, v) => s.MaxAge = v, "STP maximum age (20s)." },
        { "priority", Values.Integer(0, 65_535, "a priority"), (s, v) => s.Priority = v, "STP priority (32768)." },
        { "vlan-filtering", Values.Boolean, (s, v) => s.VlanFiltering = v, "VLAN awareness (false)." },
        { "default-pvid", Values.Integer(0, 4094, "a VLAN"), (s, v) => s.DefaultPvid = v, "VLAN of untagged frames on new ports (1)." },
        { "mcast-snooping", Values.Boolean, (s, v) => s.MulticastSnooping = v, "IGMP and MLD snooping (false)." },
    };

    public static ObjectShape<InterfaceSpec> Interface { get; } = new("interface", "an interface", static () => new())
    {
        MayBeEmpty = true,
        Completed = static (_, spec, mapping) => spec.Sources.Add(mapping),
        OtherWords = new Dictionary<string, string>
        {
            ["up"] = "state",
            ["link"] = "parent",
            ["dev"] = "parent",
            ["nolearning"] = "learning",
            ["noproxy"] = "proxy",
            ["ikey"] = "key",
            ["okey"] = "key",
            ["nopmtudisc"] = "pmtudisc",
            ["stp_state"] = "stp",
            ["ageing_time"] = "ageing",
            ["forward_delay"] = "forward-delay",
            ["hello_time"] = "hello-time",
            ["max_age"] = "max-age",
            ["vlan_filtering"] = "vlan-filtering",
            ["vlan_default_pvid"] = "default-pvid",
            ["mcast_snooping"] = "mcast-snooping",
        },
        Fields =
        {
            { "type", Values.Word("a type of interface", TypeWords), (s, v) => s.Type = v, "The type; none for the end of a link." },
            { "ip", Addresses, (s, v) => (s.Addresses, s.Dhcp) = v, "Addresses with their prefix lengths, or dhcp." },
            { "mac", Values.DeviceMac, (s, v) => s.Mac = v, "The MAC address." },
            { "mtu", Values.Integer(68, 65_535, "an MTU"), (s, v) => s.Mtu = v, "The MTU." },
            { "state", Values.UpOrDown, (s, v) => s.Up = v, "Administrative state (up)." },
            { "txqueuelen", Values.Integer(0, int.MaxValue), (s, v) => s.TxQueueLength = v, "Length of the transmit queue." },
            { "master", Values.Name, (s, v) => s.Master = v, "The bridge that it is a port of." },
            { "peer", Values.Device("veth peer", ReferenceKind.LinkEnd), (s, v) => s.Peer = v, "The far end of a veth." },
            { "parent", Values.Name, (s, v) => s.Parent = v, "The device below." },
            { "mode", ModeWord, (s, v) => s.Mode = v, "The mode of a macvlan or ipvlan." },
            { "flag", Values.Word(
                "a flag",
                ("bridge", IpvlanFlag.Bridge),
                ("private", IpvlanFlag.Private),
                ("vepa", IpvlanFlag.Vepa)), (s, v) => s.Flag = v, "The isolation of an ipvlan (bridge)." },
            { "macaddr", Values.List(Values.Mac), (s, v) => s.SourceMacs = v, "Senders that a macvlan in source mode accepts." },
            { "id", Values.Integer(0, 0xFF_FFFF, "an id"), (s, v) => s.Id = v, "VLAN id or VNI." },
            { "attach", AttachWord, (s, v) => s.Attachment = v, "host: a device of the real kernel; packet: a socket on one that is there." },
            { "host-netns", Values.Name, (s, v) => s.HostNamespace = v, "The kernel namespace of a real device." },
            { "host-name", Values.Name, (s, v) => s.HostName = v, "The kernel's name of a real device." },
            { "host-ip", Values.List(Values.InterfaceAddress), (s, v) => s.HostAddresses = v, "Addresses of the kernel's side." },
            { "host-routes", Values.List(RouteShapes.Route), (s, v) => s.HostRoutes = v, "Routes of the kernel's side: to, via." },
            { "hairpin", Values.Boolean, (s, v) => s.Port.Hairpin = v, "Port: send frames back where they came from." },
            { "learning", Values.Boolean, (s, v) => s.Port.Learning = v, "Port or vxlan: learn addresses." },
            { "flood", Values.Boolean, (s, v) => s.Port.Flood = v, "Port: takes unknown unicast." },
            { "isolated", Values.Boolean, (s, v) => s.Port.Isolated = v, "Port: reaches only ports that are not isolated." },
            { "cost", Values.Integer(1, 65_535, "a cost"), (s, v) => s.Port.Cost = v, "Port: STP path cost." },
            { "pvid", Vlan, (s, v) => s.Port.Pvid = v, "Port: VLAN of untagged frames." },
            { "tagged", Values.List(Vlan), (s, v) => s.Port.TaggedVlans = v, "Port: VLANs with a tag." },
            { "untagged", Values.List(Vlan), (s, v) => s.Port.UntaggedVlans = v, "Port: VLANs without a tag." },
            { Bridge, s => s.Bridge },
            { "remote", Values.Address, (s, v) => s.Tunnel.Remote = v, "The far end of a tunnel." },
            { "local", Values.Address, (s, v) => s.Tunnel.Local = v, "The near end of a tunnel." },
            { "remotes", Values.List(Values.Address), (s, v) => s.Tunnel.Remotes = v, "Several default destinations of a vxlan." },
            { "group", Values.Address, (s, v) => s.Tunnel.Group = v, "The multicast group of a vxlan." },
            { "dstport", Values.Port, (s, v) => s.Tunnel.DestinationPort = v, "UDP port (8472, as in Linux)." },
            { "srcport", Values.PortRange, (s, v) => s.Tunnel.SourcePorts = v, "UDP source ports." },
            { "proxy", Values.Boolean, (s, v) => s.Tunnel.Proxy = v, "Answer ARP from the own neighbour table." },
            { "l2miss", Values.Boolean, (s, v) => s.Tunnel.L2Miss = v, "Count unicast frames without an entry." },
            { "l3miss", Values.Boolean, (s, v) => s.Tunnel.L3Miss = v, "Count addresses that the neighbour table lacks." },
            { "udpcsum", Values.Boolean, (s, v) => s.Tunnel.UdpChecksum = v, "Outer UDP checksums (true)." },
            { "df", Values.Word(
                "unset, set or inherit",
                ("unset", VxlanDontFragment.Unset),
                ("set", VxlanDontFragment.Set),
                ("inherit", VxlanDontFragment.Inherit)), (s, v) => s.Tunnel.DontFragment = v, "DF on outer packets (unset)." },
            { "ttl", Values.Ttl, (s, v) => s.Tunnel.Ttl = v, "Outer TTL; 0 inherits." },
            { "tos", Values.Integer(0, 255), (s, v) => s.Tunnel.Tos = v, "Outer type of service." },
            { "key", Values.UInt32("a key"), (s, v) => s.Tunnel.Key = v, "Key of a GRE tunnel." },
            { "pmtudisc", Values.Boolean, (s, v) => s.Tunnel.PathMtuDiscovery = v, "Set DF on the outer packet." },
        },
    };
}
