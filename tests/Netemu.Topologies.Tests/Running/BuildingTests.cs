using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Running;
using Netemu.Topologies.Tests.Loading;

namespace Netemu.Topologies.Tests.Running;

/// <summary>What stands at t=0 when a topology has been built.</summary>
public sealed class BuildingTests
{
    [Fact]
    public void Both_ends_of_a_cable_have_carrier_and_connected_routes_before_the_first_event()
    {
        BuiltTopology built = Build("""
            nodes:
              a: {interfaces: {eth0: {ip: ["10.0.0.1/24"]}}}
              b: {interfaces: {eth0: {ip: ["10.0.0.2/24"]}}}
            links: [{endpoints: ["a:eth0", "b:eth0"], delay: 3ms, mtu: 1400}]
            """);

        foreach (string node in new[] { "a", "b" })
        {
            NetDevice device = Root(built, node).FindDevice("eth0")!;
            Assert.True(device.IsRunning);
            Assert.Equal(1400, device.Mtu);
            Assert.NotNull(Root(built, node).IPv4.Routes.Main.Find(Prefix<IPv4Address>.Parse("10.0.0.0/24")));
        }

        Assert.Equal(Duration.FromMilliseconds(3), Assert.Single(built.Emulation.Links).Delay);
        Assert.True(built.Emulation.IsIdle);
    }

    [Fact]
    public void A_container_hangs_by_a_veth_on_the_bridge_of_the_root_namespace_with_the_ports_words()
    {
        BuiltTopology built = Build("""
            nodes:
              host:
                interfaces: {br0: {type: bridge, ageing: 10s, ip: ["172.17.0.1/16"]}}
                namespaces:
                  c1: {interfaces: {eth0: {type: veth, master: br0, hairpin: true, isolated: true, learning: false, ip: ["172.17.0.2/16"]}}}
            """);

        BridgeDevice bridge = Assert.IsType<BridgeDevice>(Root(built, "host").FindDevice("br0"));
        BridgePort port = Assert.Single(bridge.Ports);
        VethDevice inside = Assert.IsType<VethDevice>(built.Emulation.FindNode("host")!.FindNamespace("c1")!.FindDevice("eth0"));
        Assert.Same(inside.Peer, port.Device);
        Assert.Equal("c1-eth0", port.Device.Name);
        Assert.True(port.Hairpin);
        Assert.True(port.Isolated);
        Assert.False(port.Learning);
        Assert.Equal(Duration.FromSeconds(10), bridge.Fdb.AgeingTime);
        Assert.True(inside.IsRunning);
        Assert.True(bridge.IsRunning);
    }

    [Fact]
    public void A_name_in_a_parent_is_the_nearest_one_wherever_in_the_file_it_stands()
    {
        // Given a container's eth0 on the host's eth0.10, which is on the host's eth0, and a VLAN on the container's eth0.
        BuiltTopology built = Build("""
            nodes:
              host:
                interfaces: {eth0: {type: dummy}, eth0.10: {type: vlan, parent: eth0, id: 10}}
                namespaces:
                  c: {interfaces: {eth0.5: {type: vlan, parent: eth0, id: 5}, eth0: {type: macvlan, parent: eth0.10}}}
            """);

        NetworkNamespace space = built.Emulation.FindNode("host")!.FindNamespace("c")!;
        Assert.Same(Root(built, "host").FindDevice("eth0.10"), space.FindDevice("eth0")!.Linked);
        Assert.Same(space.FindDevice("eth0"), space.FindDevice("eth0.5")!.Linked);
    }

    // br_add_if; ipvlan has no ndo_set_mac_address; ip_tunnel carries over IPv4; ipvlan_addr_busy.
    [Theory]
    [InlineData("br0: {type: bridge}, t: {type: gre, local: 192.0.2.1, remote: 192.0.2.2, master: br0}", "'a:t' cannot be a port of 'br0'")]
    [InlineData("br0: {type: bridge}, t: {type: gretap, local: 192.0.2.1, remote: 192.0.2.2, master: br0}", null)]
    [InlineData("t: {type: gretap, local: 192.0.2.1, remote: '2001:db8::1'}", "gretap 't' in 'a': its outer packets are IPv4")]
    [InlineData("t: {type: ipvlan, parent: d0, mac: '02:00:00:00:00:77'}", "'a:t' cannot have the address 02:00:00:00:00:77")]
    [InlineData("t: {type: ipvlan, parent: d0, ip: [10.0.0.1/24]}, u: {type: ipvlan, parent: d0, ip: [10.0.0.1/16]}", "'a:u' cannot have 10.0.0.1/16")]
    public void What_Linux_would_refuse_is_refused_at_its_place(string interfaces, string? finding)
    {
        BuiltTopology built = EmulationBuilder.Build(
            Loaded.Body("nodes: {a: {interfaces: {d0: {type: dummy}, " + interfaces + "}}}"), EmulationOptions.Default, []);

        Assert.Equal(finding is null, !built.Diagnostics.Items.Any());
        Assert.All(built.Diagnostics.Items, d => Assert.Contains(finding!, d.Message));
    }

    [Fact]
    public void What_sysctls_say_of_default_holds_for_the_devices_of_the_file_and_what_they_say_of_one_for_that_one()
    {
        BuiltTopology built = Build("""
            nodes:
              a:
                sysctls: {net.ipv6.conf.default.accept_ra: 0, net.ipv6.conf.default.hop_limit: 33, net.ipv6.conf.d1.hop_limit: 7}
                interfaces: {d0: {type: dummy, ip: ["2001:db8::1/64"]}, d1: {type: dummy}}
            """);

        // ipv6_add_dev copies devconf_dflt when a device is made: here before any came.
        NetworkNamespace space = Root(built, "a");
        Assert.Equal((0, 33, 0, 7), (
            space.SettingsOf(space.FindDevice("d0")!).AcceptRa, space.SettingsOf(space.FindDevice("d0")!).HopLimit,
            space.SettingsOf(space.FindDevice("d1")!).AcceptRa, space.SettingsOf(space.FindDevice("d1")!).HopLimit));
    }

    [Fact]
    public void Routes_rules_neighbours_and_sysctls_say_what_the_file_says()
    {
        BuiltTopology built = Build("""
            nodes:
              a:
                sysctls: {net.ipv4.ip_forward: 1, net.ipv4.conf.d0.rp_filter: 2}
                interfaces:
                  d0: {type: dummy, ip: ["10.0.0.1/24"]}
                  d1: {type: dummy, ip: ["10.1.0.1/24"]}
                routes:
                  - {to: 172.16.0.0/12, via: 10.0.0.9, metric: 7, src: 10.1.0.1}
                  - {to: 192.168.0.0/16, type: blackhole}
                  - {to: default, nexthops: [{via: 10.0.0.2, weight: 3}, {via: 10.1.0.2}]}
                  - {to: 10.9.0.0/16, via: 10.0.0.3, table: 100}
                rules: [{from: 10.1.0.0/24, table: 100, priority: 50}]
                neighbours: [{ip: 10.0.0.2, mac: "02:00:00:00:00:99", dev: d0}]
            """);

        NetworkNamespace space = Root(built, "a");
        RoutingTables<IPv4Address> routes = space.IPv4.Routes;
        Assert.True(space.Settings.All.Forwarding);
        Assert.Equal(2, space.SettingsOf(space.FindDevice("d0")!).ReversePathFilter);
        Route<IPv4Address> static12 = routes.Main.Find(Prefix<IPv4Address>.Parse("172.16.0.0/12"))!;
        Assert.Equal((7u, "d0", "10.1.0.1"), (static12.Metric, static12.NextHop.Device!.Name, static12.PreferredSource.ToString()));
        Assert.Equal(RouteType.Blackhole, routes.Main.Find(Prefix<IPv4Address>.Parse("192.168.0.0/16"))!.Type);
        Assert.Equal([3, 1], routes.Main.Find(Prefix<IPv4Address>.Default)!.Group!.Select(h => h.Weight));
        Assert.NotNull(routes.Table(100, create: false)!.Find(Prefix<IPv4Address>.Parse("10.9.0.0/16")));
        Assert.Contains(routes.Rules, r => r.Priority == 50 && r.Table == 100);
        NeighbourEntry<IPv4Address> neighbour = Assert.Single(space.IPv4.Neighbours.Entries());
        Assert.Equal(NudState.Permanent, neighbour.State);
    }

    [Fact]
    public void Automatic_routes_take_the_path_of_least_delay()
    {
        BuiltTopology built = Build("""
            routes: auto
            nodes:
              a: {kind: router, interfaces: {e1: {ip: ["10.0.1.1/30"]}, e2: {ip: ["10.0.2.1/30"]}}}
              b: {kind: router, interfaces: {e1: {ip: ["10.0.1.2/30"]}, e2: {ip: ["10.0.3.1/30"]}}}
              c: {kind: router, interfaces: {e1: {ip: ["10.0.2.2/30"]}, e2: {ip: ["10.0.3.2/30"]}, lan: {type: dummy, ip: ["10.9.0.1/24"]}}}
            links:
              - {endpoints: ["a:e1", "b:e1"], delay: 1ms}
              - {endpoints: ["b:e2", "c:e2"], delay: 1ms}
              - {endpoints: ["a:e2", "c:e1"], delay: 5ms}
            """);

        Route<IPv4Address> route = Root(built, "a").IPv4.Routes.Main.Find(Prefix<IPv4Address>.Parse("10.9.0.0/24"))!;
        Assert.Equal(("10.0.1.2", "e1", RouteProtocol.Static), (route.NextHop.Gateway.ToString(), route.NextHop.Device!.Name, route.Protocol));
    }

    [Theory]
    [InlineData("all", true, null, null, null)]
    [InlineData("r1", false, null, "r1", null)]
    [InlineData("r1/c1", false, null, null, "r1/c1")]
    [InlineData("r1/c1:eth0", false, "r1/c1:eth0", null, null)]
    public void A_capture_is_named_as_its_devices_are(string text, bool all, string? device, string? node, string? space)
    {
        CaptureSpec selector = CaptureSelection.TryParse(text)!;

        Assert.Equal((all, device, node, space), (selector.All, selector.Device?.ToString(), selector.Node, selector.Namespace?.ToString()));
    }

    private static NetworkNamespace Root(BuiltTopology built, string node) => built.Emulation.FindNode(node)!.Root;

    [Fact]
    public void A_wrong_sysctl_is_told_at_its_line_once_for_all_nodes_that_it_is_said_of()
    {
        BuiltTopology built = EmulationBuilder.Build(Loaded.Body("""
            nodes:
              a[1-3]:
                interfaces: {d0: {type: dummy}}
                sysctls:
                  net.ipv4.ip_forward: 1
                  net.ipv4.ip_forwart: 1
                  net/ipv4/ip_default_ttl: banana
              b:
                namespaces:
                  n:
                    interfaces: {d0: {type: dummy}}
                    sysctls: {net.ipv4.conf.d1.forwarding: 1}
            """), EmulationOptions.Default, []);

        Assert.Equal(
            [
                "6:7-26 E1404 unknown sysctl 'net.ipv4.ip_forwart' did you mean 'net.ipv4.ip_forward'?",
                "7:32-38 E1405 'banana' is no value of sysctl 'net/ipv4/ip_default_ttl' ",
                "12:19-46 E1404 unknown sysctl 'net.ipv4.conf.d1.forwarding' did you mean 'net.ipv4.conf.d0.forwarding'?",
            ],
            built.Diagnostics.Items.Select(d => $"{d.Range.Line - 3}:{d.Range.Column}-{d.Range.EndColumn} {d.Code} {d.Message} {d.Hint}"));
    }

    private static BuiltTopology Build(string body)
    {
        BuiltTopology built = EmulationBuilder.Build(Loaded.Body(body), EmulationOptions.Default, []);
        Assert.Empty(built.Diagnostics.Items);
        return built;
    }
}
