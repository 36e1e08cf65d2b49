using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>FRR's configuration language, as public labs write it, with FRR's own defaults.</summary>
public sealed class FrrConfigurationTests
{
    private const string Lab = """
        frr version 8.4.4
        frr defaults traditional
        hostname leaf1
        log syslog informational
        service integrated-vtysh-config
        !
        interface eth1
         description to spine1
         ip address 10.0.1.1/30
         ipv6 address 2001:db8:1::1/64
        exit
        !
        interface lo
         ip address 10.255.0.1/32
        exit
        !
        ip route 192.0.2.0/24 Null0
        ip route 198.51.100.0/24 10.0.1.2 250
        ipv6 route 2001:db8:99::/48 2001:db8:1::2
        !
        router bgp 65001
         bgp router-id 10.255.0.1
         bgp log-neighbor-changes
         no bgp default ipv4-unicast
         no bgp ebgp-requires-policy
         bgp bestpath as-path multipath-relax
         bgp bestpath compare-routerid
         bgp cluster-id 10.255.0.254
         bgp graceful-restart
         bgp graceful-restart restart-time 90
         timers bgp 3 9
         neighbor SPINES peer-group
         neighbor SPINES remote-as external
         neighbor SPINES advertisement-interval 0
         neighbor SPINES bfd
         neighbor RR peer-group
         neighbor RR remote-as 65001
         neighbor RR update-source lo
         neighbor 10.0.1.2 peer-group SPINES
         neighbor 10.0.1.2 description spine1
         neighbor 10.0.1.2 password secret word
         neighbor 10.255.0.9 peer-group RR
         neighbor 2001:db8:1::2 remote-as 65100
         neighbor 2001:db8:1::2 ebgp-multihop 3
         neighbor 203.0.113.9 remote-as 64999
         neighbor 203.0.113.9 ttl-security hops 1
         neighbor 203.0.113.9 local-as 65900 no-prepend replace-as
         neighbor 203.0.113.9 shutdown message out of order
         neighbor 203.0.113.9 timers connect 7
         neighbor swp9 interface remote-as external
         bgp listen range 10.9.0.0/16 peer-group RR
         bgp listen limit 20
         !
         address-family ipv4 unicast
          network 10.255.0.1/32
          network 203.0.113.0/24 route-map SETMED
          aggregate-address 10.0.0.0/8 summary-only
          redistribute connected route-map LOOPBACKS
          redistribute static metric 77
          neighbor SPINES activate
          neighbor SPINES route-map IMPORT in
          neighbor SPINES prefix-list OUT out
          neighbor SPINES allowas-in 1
          neighbor SPINES maximum-prefix 1000 80 warning-only
          neighbor RR activate
          neighbor RR route-reflector-client
          neighbor RR next-hop-self
          neighbor RR send-community both
          neighbor 203.0.113.9 activate
          neighbor 203.0.113.9 default-originate
          neighbor 203.0.113.9 remove-private-AS all
          neighbor 203.0.113.9 weight 50
          neighbor 203.0.113.9 soft-reconfiguration inbound
          neighbor 203.0.113.9 addpath-tx-all-paths
          neighbor 203.0.113.9 filter-list ORIGIN in
          maximum-paths 8
          maximum-paths ibgp 4
         exit-address-family
         !
         address-family ipv6 unicast
          network 2001:db8:255::/48
          neighbor 2001:db8:1::2 activate
         exit-address-family
        exit
        !
        ip prefix-list OUT seq 5 permit 10.255.0.0/16 ge 32
        ip prefix-list OUT seq 10 deny any
        ip prefix-list LOOPS permit 10.255.0.0/16 le 32
        bgp as-path access-list ORIGIN permit ^64999_
        bgp community-list standard BACKUP permit 65001:80
        bgp community-list expanded ANY permit 65001:.*
        bgp large-community-list standard L permit 65001:1:1
        !
        route-map IMPORT permit 10
         match community BACKUP
         set local-preference 80
         set community 65001:1 additive
        exit
        route-map IMPORT deny 20
         match ip address prefix-list LOOPS
        route-map IMPORT permit 30
         set as-path prepend 65001 65001
         on-match next
        route-map IMPORT permit 40
         set metric +5
        !
        route-map SETMED permit 10
         set metric 42
        route-map LOOPBACKS permit 10
         match ip address prefix-list LOOPS
        !
        line vty
         exec-timeout 0 0
        !
        end
        """;

    private static readonly FrrEnvironment s_environment = new()
    {
        AddressOf = device => device == "lo" ? InternetAddress.Parse("10.255.0.1") : default,
        RouterId = IPv4Address.Parse("10.0.1.1"),
    };

    [Fact]
    public void A_lab_file_is_understood_line_by_line()
    {
        FrrConfiguration.Read(Lab, out IReadOnlyList<FrrProblem> problems);

        Assert.Empty(problems);
    }

    [Fact]
    public void Its_neighbours_have_their_own_settings_over_their_groups()
    {
        FrrCompiled compiled = Compile(Lab);
        BgpSpeakerConfiguration speaker = compiled.Speaker;
        Assert.Equal((65001u, IPv4Address.Parse("10.255.0.1"), IPv4Address.Parse("10.255.0.254")), (speaker.As, speaker.RouterId, speaker.ClusterId));
        Assert.Equal(((ushort)3, (ushort)9), (speaker.Timers.KeepaliveTime, speaker.Timers.HoldTime));
        Assert.Equal((8, 4, true, false), (speaker.BestPath.MaximumPathsExternal, speaker.BestPath.MaximumPathsInternal, speaker.BestPath.MultipathRelax, speaker.BestPath.PreferOlder));

        BgpNeighborConfiguration spine = NeighborOf(compiled, "10.0.1.2");
        Assert.Equal((0u, AnyAsMode.External, "spine1", "secret word"), (spine.RemoteAs, spine.AnyAs, spine.Description, spine.Password));
        Assert.True(spine is { Bfd: true, IPv4Unicast: true, IPv6Unicast: false, AllowedOwnAs: 1, MaximumPrefixes: 1000, MaximumPrefixesWarningOnly: true });
        Assert.True(spine is { GracefulRestart: true, GracefulRestartHelperOnly: false, RestartTime: 90, RequiresPolicy: false });

        BgpNeighborConfiguration reflector = NeighborOf(compiled, "10.255.0.9");
        Assert.True(reflector is { RemoteAs: 65001, RouteReflectorClient: true, NextHop: NextHopMode.SelfUnlessReflected });
        Assert.Equal(InternetAddress.Parse("10.255.0.1"), reflector.LocalAddress);

        BgpNeighborConfiguration six = NeighborOf(compiled, "2001:db8:1::2");
        Assert.True(six is { IPv4Unicast: false, IPv6Unicast: true, Multihop: true });

        BgpNeighborConfiguration isp = NeighborOf(compiled, "203.0.113.9");
        Assert.True(isp is { TtlSecurityHops: 1, LocalAs: 65900, LocalAsNoPrepend: true, LocalAsReplaces: true, Shutdown: true });
        Assert.Equal("out of order", isp.ShutdownMessage);
        Assert.True(isp is { DefaultOriginate: true, RemovePrivateAs: PrivateAsMode.Remove, Weight: 50, AddPathSend: true });
        Assert.Equal(Duration.FromSeconds(7), isp.Timers!.ConnectRetry);

        Assert.Equal("swp9", compiled.Speaker.Unnumbered.Single().Interface);
        Assert.True(compiled.Speaker.Unnumbered.Single().Configuration.ExtendedNextHop);
        BgpNeighborRange range = speaker.NeighborRanges.Single();
        Assert.Equal((InternetPrefix.Parse("10.9.0.0/16"), 20, 65001u), (range.Prefix, range.Limit, range.Configuration.RemoteAs));
    }

    [Fact]
    public void Networks_wait_for_a_route_and_redistribution_has_its_map()
    {
        FrrCompiled compiled = Compile(Lab);

        Assert.Empty(compiled.Speaker.Networks);
        Assert.Equal(
            ["10.255.0.1/32", "203.0.113.0/24", "2001:db8:255::/48"], compiled.CheckedNetworks.Select(n => n.Prefix.ToString()));
        Assert.True(compiled.Speaker.Aggregates.Single().SummaryOnly);
        Assert.Equal(["connected", "static"], compiled.Redistributions.Select(r => r.Source));
        Assert.True(Accepts(compiled.Redistributions[0].Policy!, "10.255.0.1/32", out _));
        Assert.False(Accepts(compiled.Redistributions[0].Policy!, "10.0.1.0/30", out _));
        Accepts(compiled.Redistributions[1].Policy!, "192.0.2.0/24", out PathAttributesBuilder set);
        Assert.Equal(77u, set.Med);
    }

    [Theory]
    [InlineData("192.0.2.0/24", "65001:80", true, "local-pref 80 communities 65001:1 65001:80")]
    [InlineData("10.255.0.7/32", "", false, "")]
    [InlineData("192.0.2.0/24", "", true, "path 65001 65001 med 5")]
    public void A_route_map_runs_as_FRR_runs_it(string prefix, string community, bool accepted, string expected)
    {
        RoutePolicy import = NeighborOf(Compile(Lab), "10.0.1.2").Import!;

        Assert.Equal(accepted, Accepts(import, prefix, out PathAttributesBuilder set, community));
        if (accepted)
        {
            string told = (set.LocalPref is { } preference ? $"local-pref {preference} communities {string.Join(' ', set.Communities)}" : "")
                + (set.Med is { } med ? $"path {set.AsPath.ToString()} med {med}" : "");
            Assert.Equal(expected, told);
        }
    }

    [Fact]
    public void What_its_rarer_words_mean_arrives_at_the_speaker()
    {
        FrrCompiled compiled = Compile("""
            router bgp 65001
             bgp minimum-holdtime 30
             neighbor 10.0.0.2 remote-as 65002
             neighbor 10.0.0.2 ebgp-multihop 3
             neighbor 10.0.0.3 remote-as 65003
             neighbor 10.0.0.3 ebgp-multihop
             address-family ipv4 unicast
              aggregate-address 10.8.0.0/13
              neighbor 10.0.0.2 allowas-in origin
              neighbor 10.0.0.2 attribute-unchanged as-path med
              neighbor 10.0.0.2 maximum-prefix 10 force
              neighbor 10.0.0.2 remove-private-AS replace-AS
              neighbor 10.0.0.3 attribute-unchanged
              neighbor 10.0.0.3 allowas-in
              neighbor 10.0.0.3 maximum-prefix 10
              neighbor 10.0.0.3 remove-private-AS all replace-AS
             exit-address-family
            """);

        Assert.True(compiled.Speaker is { MinimumHoldTime: 30, KeepsBlackholesInside: true });
        Assert.True(compiled.Speaker.Aggregates.Single().AlwaysAtomic);
        BgpNeighborConfiguration first = NeighborOf(compiled, "10.0.0.2");
        Assert.True(first is { Multihop: true, MultihopTtl: 3, AllowsOwnOrigin: true, AllowedOwnAs: 0, MaximumPrefixesCountsRefused: true });
        Assert.True(first is { KeepsAsPath: true, KeepsMed: true, NextHop: NextHopMode.Automatic, RemovePrivateAs: PrivateAsMode.ReplaceIfAllPrivate });
        BgpNeighborConfiguration second = NeighborOf(compiled, "10.0.0.3");
        Assert.True(second is { Multihop: true, MultihopTtl: 255, AllowsOwnOrigin: false, AllowedOwnAs: 3, MaximumPrefixesCountsRefused: false });
        Assert.True(second is { KeepsAsPath: true, KeepsMed: true, NextHop: NextHopMode.Unchanged, RemovePrivateAs: PrivateAsMode.Replace });
    }

    [Fact]
    public void Without_a_word_FRRs_defaults_hold()
    {
        FrrCompiled compiled = Compile("router bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n");
        BgpNeighborConfiguration neighbor = compiled.Speaker.Neighbors.Single().Configuration;

        Assert.Equal(((ushort)60, (ushort)180, Duration.FromSeconds(120)), (compiled.Speaker.Timers.KeepaliveTime, compiled.Speaker.Timers.HoldTime, compiled.Speaker.Timers.ConnectRetry));
        Assert.Equal(Duration.Zero, compiled.Speaker.Timers.AdvertisementIntervalExternal);
        Assert.True(neighbor is { RequiresPolicy: true, IPv4Unicast: true, IPv6Unicast: false, GracefulRestart: true, GracefulRestartHelperOnly: true });
        Assert.True(compiled.Speaker.BestPath is { DeterministicMed: false, PreferOlder: true, MultipathRelax: false });
        Assert.Equal(IPv4Address.Parse("10.0.1.1"), compiled.Speaker.RouterId);

        FrrCompiled datacenter = Compile("frr defaults datacenter\nrouter bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n");
        Assert.Equal(((ushort)3, (ushort)9), (datacenter.Speaker.Timers.KeepaliveTime, datacenter.Speaker.Timers.HoldTime));
        Assert.False(datacenter.Speaker.Neighbors.Single().Configuration.RequiresPolicy);
        Assert.True(datacenter.Speaker.BestPath.DeterministicMed);
    }

    [Theory]
    [InlineData("router bgp 65001\n neighbour 10.0.0.2 remote-as 1", 2, 2, "unknown command")]
    [InlineData("router bgp 65001\n neighbor 10.0.0.2 activate", 2, 20, "specify remote-as or peer-group commands first")]
    [InlineData("router bgp 65001\n neighbor 10.0.0.2 remote-as x", 2, 30, "'x' is not a number")]
    [InlineData("router ospf", 1, 1, "unknown command")]
    [InlineData("router bgp 65001\nrouter bgp 65002", 2, 17, "BGP is already running; AS is 65001")]
    [InlineData("ip prefix-list P permit 10.0.0.0/8 ge 9 more", 1, 41, "'more' is not expected here")]
    [InlineData("router bgp 1\n neighbor G peer-group\n neighbor 10.0.0.1 peer-group H", 3, 32, "peer-group 'H' is not defined")]
    [InlineData("route-map M permit 10\n set nothing 5", 2, 14, "'set nothing' is not known")]
    [InlineData("router bgp 1\n bgp max-med on-startup 4", 2, 25, "'4' is not a number from 5 to 86400")]
    [InlineData("router bgp 1\n bgp max-med on-startup 60 x", 2, 28, "'x' is not a number")]
    [InlineData("router bgp 1\n bgp conditional-advertisement timer 241", 2, 38, "'241' is not a number from 5 to 240")]
    [InlineData("router bgp 1\n no bgp conditional-advertisement timer", 2, 40, "'' is not a number")]
    [InlineData("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 prefix-list P in\n neighbor 10.0.0.1 distribute-list D in", 4, 40, "Prefix/distribute list can not co-exist")]
    [InlineData("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 nonsense 4", 3, 20, "unknown command")]
    [InlineData("router bgp 1\n address-family ipv6\n  bgp bestpath as-path nonsense", 3, 24, "unknown command")]
    [InlineData("router bgp 1\n table-map", 2, 11, "the line ends too early")]
    [InlineData("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 advertise-map A exists-map B", 3, 36, "'exists-map' is not exist-map or non-exist-map")]
    public void What_is_not_understood_is_told_with_its_position(string text, int line, int column, string message)
    {
        FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);

        FrrProblem problem = problems[0];
        Assert.StartsWith(message, problem.Message, System.StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void Families_have_filters_of_their_own()
    {
        FrrCompiled compiled = Compile("""
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.0.2 remote-as 65002
             address-family ipv4 unicast
              neighbor 10.0.0.2 prefix-list FOUR in
             exit-address-family
             address-family ipv6 unicast
              neighbor 10.0.0.2 activate
             exit-address-family
            ip prefix-list FOUR permit 192.0.2.0/24
            """);
        RoutePolicy import = NeighborOf(compiled, "10.0.0.2").Import!;

        Assert.True(Accepts(import, "192.0.2.0/24", out _));
        Assert.False(Accepts(import, "192.0.3.0/24", out _));
        Assert.True(Accepts(import, "2001:db8::/32", out _));
    }

    [Fact]
    public void Lines_can_be_taken_back()
    {
        FrrConfiguration configuration = FrrConfiguration.Read(Lab, out _);
        FrrReader reader = new(configuration);
        foreach (string line in new[]
        {
            "router bgp 65001", "no neighbor 203.0.113.9", "no neighbor SPINES bfd", "no bgp listen range 10.9.0.0/16",
            "address-family ipv4", "no network 10.255.0.1/32", "no neighbor SPINES route-map IMPORT in", "no aggregate-address 10.0.0.0/8",
            "end", "no route-map IMPORT deny 20", "no ip prefix-list OUT",
        })
        {
            Assert.True(reader.TryRead(line, out _, out string message), message);
        }

        FrrCompiled compiled = FrrCompiler.Compile(configuration, s_environment);
        Assert.DoesNotContain(compiled.Speaker.Neighbors, n => n.Address == InternetAddress.Parse("203.0.113.9"));
        Assert.False(NeighborOf(compiled, "10.0.1.2").Bfd);
        Assert.Null(NeighborOf(compiled, "10.0.1.2").Import);
        Assert.Empty(compiled.Speaker.NeighborRanges);
        Assert.Empty(compiled.Speaker.Aggregates);
        Assert.Equal(2, compiled.CheckedNetworks.Count);
    }

    [Fact]
    public void A_router_of_other_words_can_be_changed_by_FRRs()
    {
        // Given two routers that were configured without FRR, and a network that r1 announces.
        Laboratory lab = new();
        BgpSpeaker r1 = lab.Add(1, 65001, c => c with { Networks = [Laboratory.Originate("192.0.2.0/24")], Neighbors = [new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002))] });
        BgpSpeaker r2 = lab.Add(2, 65002);
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        lab.StartAll();
        lab.Run(3);

        // When an operator sets a community on the way out.
        FrrConfiguration configuration = FrrConfiguration.Of(r1.Configuration);
        FrrReader reader = new(configuration);
        foreach (string line in new[]
        {
            "route-map OUT permit 10", "set community 65001:7", "exit", "router bgp 65001", "neighbor 10.0.0.2 route-map OUT out",
            "network 198.51.100.0/24",
        })
        {
            Assert.True(reader.TryRead(line, out _, out string message), message);
        }

        r1.Reconfigure(FrrCompiler.Compile(configuration, s_environment).Speaker);
        lab.Run(1);

        // Then it is there, with the new network, and the session has not gone down.
        Assert.True(r2.BestPath(InternetPrefix.Parse("192.0.2.0/24"))!.Value.Attributes.HasCommunity(new Community(65001, 7)));
        Assert.NotNull(r2.BestPath(InternetPrefix.Parse("198.51.100.0/24")));
        Assert.Equal(0, Laboratory.Session(r1, r2).Counters.Flaps);
    }

    private static FrrCompiled Compile(string text)
    {
        FrrConfiguration configuration = FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);
        return FrrCompiler.Compile(configuration, s_environment);
    }

    private static BgpNeighborConfiguration NeighborOf(FrrCompiled compiled, string address) =>
        compiled.Speaker.Neighbors.Single(n => n.Address == InternetAddress.Parse(address)).Configuration;

    private static bool Accepts(RoutePolicy policy, string prefix, out PathAttributesBuilder set, string community = "")
    {
        set = new PathAttributesBuilder();
        set.Clear();
        if (community.Length > 0)
        {
            Assert.True(Community.TryParse(community, out Community parsed));
            set.Communities.Add(parsed);
        }

        return policy.Evaluate(new PolicyRoute(InternetPrefix.Parse(prefix), set));
    }
}
