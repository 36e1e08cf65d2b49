using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// How a cluster's machines are joined where the file does not say: one segment with a gateway router, or racks of which
/// each is a segment behind a router, the routers joined by a core.
/// </summary>
internal sealed class ClusterLayout(TopologyExpansion expansion, IReadOnlyList<Node> nodes)
{
    private const string Uplink = "eth0";
    private static readonly Duration _defaultDelay = Duration.FromMicroseconds(50);

    /// <summary>Machines have been up for long when their agents start: their addresses are no longer tried (DAD).</summary>
    private static SysctlSpec[] DualStack =>
    [
        new() { Name = "net.ipv6.conf.all.forwarding", Value = "1" },
        new() { Name = "net.ipv6.conf.default.accept_dad", Value = "0" },
        new() { Name = "net.ipv6.conf.all.accept_dad", Value = "0" },
    ];

    private readonly List<ClusterSegment> _segments = [];

    /// <summary>The device of every machine that carries its address.</summary>
    public static string DeviceName => Uplink;

    /// <summary>Adds machines, switches, routers and cables to the topology.</summary>
    public void Build()
    {
        // Machines of one subnet share a segment: with racks, each rack has its own subnet.
        SortedDictionary<InternetPrefix, List<Node>> segments = [];
        Dictionary<IPv4Address, string> owners = [];
        foreach (Node node in nodes)
        {
            if (node.IPv4Address is { } stated && !owners.TryAdd(stated.Address, node.Name))
            {
                expansion.Diagnostics.Error(
                    "E1508",
                    $"nodes '{owners[stated.Address]}' and '{node.Name}' both have the address {stated.Address}",
                    node.Source,
                    "give each node an address of its own");
                continue;
            }

            if (node.IPv4Address is not { } address)
            {
                expansion.Diagnostics.Error("E1503", $"node '{node.Name}' has no IPv4 address", node.Source, "give it one as cluster.nodes.NAME.ip or as InternalIP");
                continue;
            }

            if (expansion.Nodes.Any(n => n.Name == node.Name))
            {
                continue;
            }

            if (SubnetOf(address) is not { } subnet)
            {
                expansion.Diagnostics.Error(
                    "E1506",
                    $"node '{node.Name}' has the address {address.Address}/32, and no other node's subnet contains it",
                    node.Source,
                    "state the length of the subnet, as in 10.0.0.11/24");
                continue;
            }

            if (!segments.TryGetValue(subnet, out List<Node>? members))
            {
                members = [];
                segments.Add(subnet, members);
            }

            members.Add(node);
        }

        bool hasGateway = expansion.Topology.Cluster is not { Gateway: false };
        if (!hasGateway && segments.Count > 1)
        {
            expansion.Diagnostics.Error(
                "E1507",
                $"cluster.gateway is false, but the nodes are in {segments.Count} subnets, which only routers can join",
                expansion.Topology.Cluster!.Range,
                "leave gateway out, or give all nodes addresses of one subnet");
            return;
        }

        int index = 0;
        List<(string Router, InternetPrefix Subnet)> routers = [];
        foreach ((InternetPrefix subnet, List<Node> members) in segments)
        {
            index++;
            bool single = segments.Count == 1;
            string router = single ? "gateway" : $"rack{index}";
            string segment = single ? "segment" : $"rack{index}-segment";
            BuildSegment(hasGateway ? router : null, segment, subnet, members);
            routers.Add((router, subnet));
        }

        if (routers.Count > 1)
        {
            BuildCore(routers);
        }
    }

    /// <summary>A machine whose address has no subnet of its own (/32) stands in the one that contains it.</summary>
    private InternetPrefix? SubnetOf(InterfaceAddress<IPv4Address> address) => address.Length < 32
        ? address.Prefix
        : nodes.Where(node => node.IPv4Address is { Length: < 32 } other && other.Prefix.Contains(address.Address))
            .Select(node => (InternetPrefix?)(InternetPrefix)node.IPv4Address!.Value.Prefix)
            .FirstOrDefault();

    /// <summary>The segment whose subnet an address lies in, or null: where a machine with that address is plugged in.</summary>
    public ClusterSegment? SegmentOf(InternetAddress address) => _segments.Find(segment => segment.Subnet.Contains(address));

    /// <summary>Plugs a machine that the files do not have into its segment, at a barrier of the run.</summary>
    public void Join(BuiltTopology built, Node node)
    {
        ClusterSegment segment = SegmentOf(node.IPv4Address!.Value.Address)!;
        NodeSpec lan = built.FindSpecification(segment.Name)!;
        HashSet<string> taken = [.. lan.Root.Interfaces.Select(device => device.Name)];
        int number = 1;
        while (taken.Contains($"p{number}"))
        {
            number++;
        }

        InterfaceSpec port = new() { Name = $"p{number}" };
        LinkSpec cable = CableOf(node.Name, Uplink, segment.Name, port.Name);
        EmulationBuilder.Join(built, MachineOf(node, segment), cable, lan, port);
    }

    private static InterfaceSpec Interface(string name, InternetAddress address, int length) =>
        new() { Name = name, Addresses = [new InterfaceAddressSpec(address, length)] };

    /// <summary>A machine's uplink with its address of each family.</summary>
    private static InterfaceSpec UplinkOf(Node member, int length)
    {
        InterfaceSpec uplink = Interface(Uplink, member.IPv4Address!.Value.Address, length);
        if (member.IPv6Address is { } v6)
        {
            uplink.Addresses = [.. uplink.Addresses, new InterfaceAddressSpec(v6.Address, v6.Length)];
        }

        return uplink;
    }

    private void BuildSegment(string? gateway, string lan, InternetPrefix subnet, List<Node> members)
    {
        NodeSpec segment = new() { Name = lan, Kind = NodeKind.Bridge };
        NodeSpec? router = gateway is null ? null : new() { Name = gateway, Kind = NodeKind.Router };
        ClusterSegment made = router is null ? new(lan, subnet, null, null) : BuildGateway(router, lan, subnet, members);
        List<InterfaceSpec> ports = [];
        _segments.Add(made);
        foreach (Node member in members)
        {
            expansion.Add(MachineOf(member, made));
            ports.Add(new InterfaceSpec { Name = $"p{ports.Count + 1}" });
            expansion.Add(CableOf(member.Name, Uplink, lan, ports[^1].Name));
        }

        string? gatewayPort = router is null ? null : $"p{ports.Count + 1}";
        if (gatewayPort is not null)
        {
            ports.Add(new InterfaceSpec { Name = gatewayPort });
        }

        ports.AddRange(PortsOfOthers(lan, ports));
        segment.Root.Interfaces = [.. ports];
        expansion.Add(segment);
        if (router is not null)
        {
            expansion.Add(router);
            expansion.Add(CableOf(router.Name, Uplink, lan, gatewayPort!));
        }
    }

    /// <summary>Gives the router the segment's first free address of each family.</summary>
    private static ClusterSegment BuildGateway(NodeSpec router, string lan, InternetPrefix subnet, List<Node> members)
    {
        IPv4Address gatewayAddress = FreeAddress(subnet, members);
        router.Root.Interfaces = [Interface(Uplink, gatewayAddress, subnet.Length)];
        InternetPrefix? subnet6 = members.Select(m => m.IPv6Address?.Prefix is { } prefix ? (InternetPrefix?)(InternetPrefix)prefix : null).FirstOrDefault(p => p is not null);
        IPv6Address? gateway6 = subnet6 is { } found ? FreeAddressIPv6(found, members) : null;
        if (gateway6 is { } address6)
        {
            router.Root.Interfaces[0].Addresses = [.. router.Root.Interfaces[0].Addresses, new InterfaceAddressSpec(address6, subnet6!.Value.Length)];
            router.Root.Sysctls = [.. router.Root.Sysctls, .. DualStack];
        }

        return new ClusterSegment(lan, subnet, gatewayAddress, gateway6);
    }

    /// <summary>A host with its uplink and default routes to the segment's gateway, if it has one.</summary>
    private static NodeSpec MachineOf(Node member, ClusterSegment segment)
    {
        NodeSpec machine = new() { Name = member.Name, Kind = NodeKind.Host };
        machine.Root.Interfaces = [UplinkOf(member, segment.Subnet.Length)];
        machine.Root.Sysctls = [new SysctlSpec { Name = "net.ipv4.ip_forward", Value = "1" }];
        if (segment.Gateway is { } gateway)
        {
            machine.Root.Routes = [new RouteSpec { To = InternetPrefix.Parse("0.0.0.0/0"), Via = gateway, Device = Uplink }];
        }

        if (member.IPv6Address is not null)
        {
            machine.Root.Sysctls = [.. machine.Root.Sysctls, .. DualStack];
        }

        if (member.IPv6Address is not null && segment.IPv6Gateway is { } via)
        {
            machine.Root.Routes = [.. machine.Root.Routes, new RouteSpec { To = InternetPrefix.Parse("::/0"), Via = via, Device = Uplink }];
        }

        return machine;
    }

    /// <summary>The ports of a switch that links of the file name: other machines on the cluster's network.</summary>
    private IEnumerable<InterfaceSpec> PortsOfOthers(string lan, List<InterfaceSpec> ports)
    {
        string[] wanted =
        [
            .. expansion.Links.SelectMany(link => new[] { link.A, link.B })
                .Where(end => end.Owner is NodeEndpoint owner && owner.Node == lan)
                .Select(end => end.Device),
        ];
        return wanted.Where(name => ports.All(port => port.Name != name)).Select(name => new InterfaceSpec { Name = name });
    }

    /// <summary>A core router with a /31 to each rack's router and a route to each rack.</summary>
    private void BuildCore(List<(string Router, InternetPrefix Subnet)> routers)
    {
        NodeSpec core = new() { Name = "core", Kind = NodeKind.Router };
        List<InterfaceSpec> interfaces = [];
        List<RouteSpec> routes = [];
        for (int i = 0; i < routers.Count; i++)
        {
            // 100.64.0.0/10 is nobody's in a cluster (RFC 6598).
            IPv4Address near = new((uint)(0x6440_0000 + (2 * i)));
            IPv4Address far = near.Add(1);
            string port = $"eth{i + 1}";
            interfaces.Add(Interface(port, near, 31));
            routes.Add(new RouteSpec { To = routers[i].Subnet, Via = far, Device = port });
            NodeSpec rack = expansion.Nodes.First(n => n.Name == routers[i].Router);
            rack.Root.Interfaces = [.. rack.Root.Interfaces, Interface("eth1", far, 31)];
            rack.Root.Routes = [new RouteSpec { To = InternetPrefix.Parse("0.0.0.0/0"), Via = near, Device = "eth1" }];
            expansion.Add(CableOf(core.Name, port, rack.Name, "eth1"));
        }

        core.Root.Interfaces = [.. interfaces];
        core.Root.Routes = [.. routes];
        expansion.Add(core);
    }

    private LinkSpec CableOf(string nodeA, string deviceA, string nodeB, string deviceB) => new()
    {
        A = new DeviceRef(new NodeEndpoint(nodeA, null), deviceA),
        B = new DeviceRef(new NodeEndpoint(nodeB, null), deviceB),
        Delay = expansion.Topology.Cluster is { LinkDelay.Nanoseconds: > 0 } cluster ? cluster.LinkDelay : _defaultDelay,
        Rate = expansion.Topology.Cluster?.LinkRate,
        Mtu = expansion.Topology.Cluster is { LinkMtu: > 0 } sized ? sized.LinkMtu : 1500,
    };

    /// <summary>The first address of the subnet that no machine has, as gateways are numbered.</summary>
    private static IPv4Address FreeAddress(InternetPrefix subnet, List<Node> members)
    {
        IPv4Address candidate = subnet.IPv4.Address.Add(1);
        while (members.Any(m => m.IPv4Address!.Value.Address == candidate))
        {
            candidate = candidate.Add(1);
        }

        return candidate;
    }

    private static IPv6Address FreeAddressIPv6(InternetPrefix subnet, List<Node> members)
    {
        IPv6Address candidate = subnet.IPv6.Address.Add(1);
        while (members.Any(m => m.IPv6Address?.Address == candidate))
        {
            candidate = candidate.Add(1);
        }

        return candidate;
    }
}
