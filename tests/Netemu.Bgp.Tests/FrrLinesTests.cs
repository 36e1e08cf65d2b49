using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>
/// Lines of FRR's language one by one, with what bgpd, zebra and bfdd of FRR 8.4.4 make of them: each is one that "vtysh -C" accepts.
/// </summary>
public sealed class FrrLinesTests
{
    private const string Neighbor = "router bgp 65001\n neighbor PG peer-group\n neighbor 10.0.0.2 remote-as 65002\n ";

    [Theory]
    [InlineData("network 10.0.0.0 mask 255.255.0.0", "10.0.0.0/16")]
    [InlineData("network 10.1.0.0 mask 0.0.0.0", "0.0.0.0/0")]
    [InlineData("network 10.0.0.0", "10.0.0.0/8")]
    [InlineData("network 172.16.0.0", "172.16.0.0/16")]
    [InlineData("network 192.0.2.0", "192.0.2.0/24")]
    public void A_network_may_have_a_mask_or_the_length_of_its_class(string line, string prefix)
    {
        FrrCompiled compiled = Compile("router bgp 65001\n no bgp network import-check\n " + line);
        Assert.Equal(prefix, compiled.Speaker.Networks.Single().Prefix.ToString());
    }

    [Fact]
    public void Aggregates_and_static_routes_may_have_masks_too()
    {
        FrrConfiguration configuration = Read("ip route 10.9.0.0 255.255.0.0 10.0.0.1 eth1 onlink\nip route 0.0.0.0 0.0.0.0 10.0.0.1\nrouter bgp 65001\n aggregate-address 10.8.0.0 255.252.0.0 summary-only\n");

        Assert.Equal(["10.9.0.0/16", "0.0.0.0/0"], configuration.StaticRoutes.Select(route => route.Prefix.ToString()));
        Assert.Equal("10.8.0.0/14", FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Aggregates.Single().Prefix.ToString());
        FrrConfiguration.Read("ip route 10.9.0.0 255.0.255.0 10.0.0.1\n", out IReadOnlyList<FrrProblem> problems);
        Assert.Contains("the mask has a hole", Assert.Single(problems).Message, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access-list 10 permit 10.0.0.1", "10.0.0.1/32", true)]
    [InlineData("access-list 10 permit 10.0.0.1", "10.0.0.0/24", false)]
    [InlineData("access-list 10 permit host 10.0.0.1", "10.0.0.1/32", true)]
    [InlineData("access-list 10 permit 10.0.0.0 0.255.255.255", "10.66.0.0/16", true)]
    [InlineData("access-list 10 permit 10.0.0.0 0.255.255.255", "11.0.0.0/16", false)]
    public void Access_lists_have_hosts_and_wildcards(string line, string prefix, bool accepted)
    {
        FrrCompiled compiled = Compile(line + "\n" + Neighbor + "neighbor 10.0.0.2 distribute-list 10 in");
        Assert.Equal(accepted, Accepts(compiled.Speaker.Neighbors.Single().Configuration, prefix));
    }

    [Theory]
    [InlineData("int lo\n ip addr 10.255.0.1/32\n no shut\n")]
    [InlineData("interface lo\n ip address 10.255.0.1/32\n no shutdown\n")]
    public void Words_may_be_shortened(string text)
    {
        FrrInterface device = Read(text).Interfaces["lo"];
        Assert.Equal((1, false), (device.Addresses.Count, device.IsShutdown));
    }

    [Fact]
    public void A_family_ends_where_the_next_one_begins()
    {
        FrrCompiled compiled = Compile(
            "router bgp 65001\n neighbor fd00::2 remote-as 65002\n address-family ipv4 uni\n  no neighbor fd00::2 activate\n address-family ipv6 unicast\n  neighbor fd00::2 activate\n neighbor fd00::2 timers 3 9\n");

        BgpNeighborConfiguration neighbor = compiled.Speaker.Neighbors.Single().Configuration;
        Assert.Equal((false, true, (ushort)9), (neighbor.IPv4Unicast, neighbor.IPv6Unicast, neighbor.Timers!.HoldTime));
    }

    [Theory]
    [InlineData("bgp shutdown message maintenance now", true, "maintenance now")]
    [InlineData("bgp default shutdown", false, "")]
    [InlineData("no neighbor 10.0.0.2\n bgp default shutdown\n neighbor 10.0.0.2 remote-as 65002", true, "")]
    [InlineData("no neighbor 10.0.0.2\n bgp default shutdown\n neighbor 10.0.0.2 remote-as 65002\n no neighbor 10.0.0.2 shutdown", false, "")]
    public void Neighbours_can_be_shut_down_all_at_once_or_as_they_are_made(string line, bool shutdown, string message)
    {
        BgpNeighborConfiguration neighbor = Compile(Neighbor + line).Speaker.Neighbors.Single().Configuration;
        Assert.Equal((shutdown, message), (neighbor.Shutdown, neighbor.ShutdownMessage));
    }

    [Fact]
    public void Families_that_are_active_by_default_can_be_chosen()
    {
        BgpNeighborConfiguration neighbor = Compile(Neighbor + "no bgp default ipv4-unicast\n bgp default ipv6-unicast").Speaker.Neighbors.Single().Configuration;
        Assert.Equal((false, true), (neighbor.IPv4Unicast, neighbor.IPv6Unicast));
    }

    [Theory]
    [InlineData("neighbor 10.0.0.3 remote-as auto", AnyAsMode.All)]
    [InlineData("neighbor 10.0.0.3 remote-as external", AnyAsMode.External)]
    public void The_AS_of_a_neighbour_need_not_be_known(string line, AnyAsMode mode)
    {
        BgpNeighborConfiguration neighbor = Compile("router bgp 65001\n " + line).Speaker.Neighbors.Single().Configuration;
        Assert.Equal((0u, mode), (neighbor.RemoteAs, neighbor.AnyAs));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("bgp graceful-restart preserve-fw-state", true)]
    public void The_F_bit_is_what_preserve_fw_state_says(string line, bool preserved) => Assert.Equal(
        preserved, Compile(Neighbor + "bgp graceful-restart\n " + line).Speaker.Neighbors.Single().Configuration.PreservesForwarding);

    [Theory]
    [InlineData("neighbor 10.0.0.2 bfd", 3, 300, 300)]
    [InlineData("neighbor 10.0.0.2 bfd 4 150 250", 4, 150, 250)]
    [InlineData("neighbor 10.0.0.2 bfd profile FAST", 5, 50, 60)]
    [InlineData("neighbor 10.0.0.2 bfd profile NONE", 3, 300, 300)]
    [InlineData("neighbor 10.0.0.2 bfd\n!\nbfd\n peer 10.0.0.2 interface eth1\n  detect-multiplier 7\n  no shutdown\n exit\nexit", 7, 300, 300)]
    public void BFD_has_the_times_of_its_line_profile_or_peer(string lines, int multiplier, int receive, int transmit)
    {
        FrrCompiled compiled = Compile(
            "bfd\n profile FAST\n  detect-multiplier 5\n  receive-interval 50\n  transmit-interval 60\n  echo-mode\n  minimum-ttl 254\n exit\nexit\n" + Neighbor + lines);

        BgpNeighborConfiguration neighbor = compiled.Speaker.Neighbors.Single().Configuration;
        BfdParameters parameters = neighbor.BfdParameters ?? BfdParameters.Default;
        Assert.True(neighbor.Bfd);
        Assert.Equal(
            (multiplier, Duration.FromMilliseconds(receive), Duration.FromMilliseconds(transmit)),
            (parameters.DetectMultiplier, parameters.RequiredMinRx, parameters.DesiredMinTx));
    }

    [Fact]
    public void The_router_id_may_be_zebras() =>
        Assert.Equal("9.9.9.9", Compile("ip router-id 9.9.9.9\nrouter bgp 65001\n").Speaker.RouterId.ToString());

    [Theory]
    [InlineData("match ip address prefix-len 24", true)]
    [InlineData("match ip address prefix-len 16", false)]
    [InlineData("match interface lo", false)]
    [InlineData("match peer local", false)]
    public void Conditions_of_a_route_map(string match, bool accepted)
    {
        FrrCompiled compiled = Compile($"route-map M permit 10\n {match}\n" + Neighbor + "neighbor 10.0.0.2 route-map M in");
        Assert.Equal(accepted, Accepts(compiled.Speaker.Neighbors.Single().Configuration, "192.0.2.0/24"));
    }

    [Theory]
    [InlineData("set community internet 65001:1", "0:0 65001:1")]
    [InlineData("set community 4259905794", "65001:258")]
    [InlineData("set extcommunity rt 192.0.2.1:5 65001:7", "0002FDE900000007 0102C00002010005")]
    [InlineData("set extcommunity none", "")]
    [InlineData("set originator-id 1.2.3.4", "1.2.3.4")]
    [InlineData("set ipv6 next-hop local fe80::1", "fe80::1")]
    [InlineData("set ipv6 next-hop prefer-global", "")]
    public void Actions_of_a_route_map(string set, string expected)
    {
        FrrCompiled compiled = Compile($"route-map M permit 10\n {set}\n" + Neighbor + "neighbor 10.0.0.2 route-map M in");
        PathAttributesBuilder builder = new();
        builder.Clear();
        Assert.True(compiled.Speaker.Neighbors.Single().Configuration.Import!.Evaluate(new(InternetPrefix.Parse("192.0.2.0/24"), builder)));

        string communities = string.Join(' ', builder.Communities.Select(c => $"{c.Value >> 16}:{c.Value & 0xFFFF}"));
        string extended = string.Join(' ', builder.ExtendedCommunities.Select(c => c.ToString("X16", System.Globalization.CultureInfo.InvariantCulture)));
        string linkLocal = builder.LinkLocalNextHop == default ? "" : builder.LinkLocalNextHop.ToString();
        Assert.Equal(expected, communities + extended + builder.OriginatorId + linkLocal);
    }

    [Theory]
    [InlineData(false, 100u)]
    [InlineData(true, 7u)]
    public void A_reflected_route_keeps_its_attributes_unless_policy_may_change_them(bool allowed, uint localPref)
    {
        // Given a reflector whose policy towards a client sets LOCAL_PREF, and a route from another client.
        Laboratory lab = new();
        FrrCompiled compiled = Compile(
            "route-map M permit 10\n set local-preference 7\nrouter bgp 65001\n bgp router-id 10.0.0.1\n "
            + (allowed ? "bgp route-reflector allow-outbound-policy\n " : "")
            + "neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 passive\n neighbor 10.0.0.2 route-reflector-client\n"
            + "neighbor 10.0.0.3 remote-as 65001\n neighbor 10.0.0.3 passive\n neighbor 10.0.0.3 route-map M out\n");
        BgpSpeaker r1 = lab.Add(1, 65001, _ => compiled.Speaker with { Timers = Laboratory.Timers });
        BgpSpeaker r2 = lab.Add(2, 65001);
        BgpSpeaker r3 = lab.Add(3, 65001);
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r3.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        lab.StartAll();
        lab.Run(5);

        Assert.Equal(localPref, r3.BestPath(InternetPrefix.Parse("192.0.2.0/24"))!.Value.Attributes.LocalPref);
        Assert.Equal(BgpErrorCode.None, r1.Neighbors.First().LastError.Code);
    }

    [Theory]
    [InlineData("no ip prefix-list NONE")]
    [InlineData("route-map M optimization")]
    [InlineData("bgp route-map delay-timer 5")]
    [InlineData("zebra nexthop-group keep 5")]
    [InlineData("router bgp 65001\n bgp suppress-fib-pending")]
    [InlineData("router bgp 65001\n read-quanta 10")]
    [InlineData("router bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n address-family ipv4 unicast\n  neighbor 10.0.0.2 capability orf prefix-list both")]
    public void Lines_that_change_nothing_here_are_known(string text) => Read(text);

    [Theory]
    [InlineData("router bgp 65001\n aggregate-address 10.0.0.0/8 summary-only suppress-map M")]
    [InlineData("vrf red")]
    public void Lines_that_would_change_something_are_errors(string text)
    {
        FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        Assert.Single(problems);
    }

    [Theory]
    [InlineData("no neighbor 10.0.0.2 send-community", CommunityKinds.Extended | CommunityKinds.Large, "no neighbor 10.0.0.2 send-community")]
    [InlineData("no neighbor 10.0.0.2 send-community both", CommunityKinds.Large, "no neighbor 10.0.0.2 send-community|no neighbor 10.0.0.2 send-community extended")]
    [InlineData("no neighbor 10.0.0.2 send-community all", CommunityKinds.None, "no neighbor 10.0.0.2 send-community all")]
    [InlineData("no neighbor 10.0.0.2 send-community all\n neighbor 10.0.0.2 send-community", CommunityKinds.Standard, "no neighbor 10.0.0.2 send-community extended|no neighbor 10.0.0.2 send-community large")]
    [InlineData("neighbor 10.0.0.2 send-community both", CommunityKinds.All, "")]
    public void Each_kind_of_communities_is_sent_or_not_by_itself(string line, CommunityKinds kinds, string shown)
    {
        FrrConfiguration configuration = Read(Neighbor + line);
        Assert.Equal(kinds, FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Neighbors.Single().Configuration.SendCommunities);
        Assert.Equal(shown, string.Join('|', FrrWriter.Write(configuration).Split('\n').Select(one => one.Trim()).Where(one => one.Contains("send-community", System.StringComparison.Ordinal))));
    }

    private static bool Accepts(BgpNeighborConfiguration neighbor, string prefix)
    {
        PathAttributesBuilder builder = new();
        builder.Clear();
        return neighbor.Import!.Evaluate(new(InternetPrefix.Parse(prefix), builder) { Origin = Policy.PolicyRouteSource.External });
    }

    private static FrrCompiled Compile(string text) => FrrCompiler.Compile(Read(text), new FrrEnvironment());

    private static FrrConfiguration Read(string text)
    {
        FrrConfiguration configuration = FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);
        return configuration;
    }
}
