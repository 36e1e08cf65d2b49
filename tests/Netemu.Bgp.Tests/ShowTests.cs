using System.Linq;
using System.Text.Json;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Show;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>The columns are those of FRR 8.4, so that what reads vtysh reads us.</summary>
public sealed class ShowTests
{
    private readonly Laboratory _lab = new();
    private readonly BgpSpeaker _r1;
    private readonly BgpSpeaker _r2;

    public ShowTests()
    {
        _r1 = _lab.Add(1, 65001);
        _r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65001);
        Laboratory.Join(_r1, _r2);
        Laboratory.Join(_r1, r3);
        _r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(9), Laboratory.Peer(65009)));
        _r1.Announce(Laboratory.Originate("10.1.0.0/16"));
        _r2.Announce(new BgpNetwork(InternetPrefix.Parse("10.2.0.0/16")) { Med = 7, Communities = [new Community(65002, 1)] });
        r3.Announce(Laboratory.Originate("10.2.0.0/16"));
        r3.Announce(Laboratory.Originate("192.168.100.128/25"));
        _lab.StartAll();
        _lab.Run(10);
    }

    [Fact]
    public void The_table_has_FRRs_columns()
    {
        Assert.True(ShowBgp.TryRun(_r1, "show bgp ipv4 unicast", out string text));

        Assert.Equal(
            """
            BGP table version is 4, local router ID is 10.0.0.1, vrf id 0
            Default local pref 100, local AS 65001
            Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
                           i internal, r RIB-failure, S Stale, R Removed
            Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
            Origin codes:  i - IGP, e - EGP, ? - incomplete
            RPKI validation codes: V valid, I invalid, N Not found

               Network          Next Hop            Metric LocPrf Weight Path
            *> 10.1.0.0/16      0.0.0.0                  0         32768 i
            *>i10.2.0.0/16      10.0.0.3                      100      0 i
            *                   10.0.0.2                 7             0 65002 i
            *>i192.168.100.128/25
                                10.0.0.3                      100      0 i

            Displayed  3 routes and 4 total paths

            """, text);
    }

    [Fact]
    public void Birdc_shows_the_best_route_of_a_network_first_as_BIRD_2_does()
    {
        // Given a route of the own that others announce as well, and later.
        _r2.Announce(Laboratory.Originate("10.1.0.0/16"));
        _lab.Run(10);

        Assert.True(ShowBird.TryRun(_r1, "show route", out string text));
        Assert.True(ShowBird.TryRun(_r1, "show route primary", out string primary));

        // Then it looks as with BIRD 2.0.12: no source where it is the next hop, no metric over a link, and no origin of what is no BGP.
        const string Tail = """
            10.2.0.0/16          unicast [bgp2 T] * (100) [i]
            	via 10.0.0.3

            """;
        Assert.StartsWith(
            """
            BIRD 2.0.12 ready.
            Table master4:
            10.1.0.0/16          blackhole [static1 T] * (200)
                                 unicast [bgp1 T] (100) [AS65002i]
            	via 10.0.0.2

            """ + Tail,
            Timeless(text),
            System.StringComparison.Ordinal);
        Assert.StartsWith("BIRD 2.0.12 ready.\nTable master4:\n10.1.0.0/16          blackhole [static1 T] * (200)\n" + Tail, Timeless(primary), System.StringComparison.Ordinal);
    }

    private static string Timeless(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\d\d:\d\d:\d\d\.\d{3}", "T");

    [Fact]
    public void A_prefix_shows_every_path_and_the_reason()
    {
        Assert.True(ShowBgp.TryRun(_r1, "show ip bgp 10.2.3.4", out string text));

        Assert.Equal(
            """
            BGP routing table entry for 10.2.0.0/16, version 4
            Paths: (2 available, best #1, table default)
              Advertised to non peer-group peers:
              10.0.0.2
              Local
                10.0.0.3 from 10.0.0.3 (10.0.0.3)
                  Origin IGP, localpref 100, valid, internal, best (AS Path)
              65002
                10.0.0.2 from 10.0.0.2 (10.0.0.2)
                  Origin IGP, metric 7, valid, external
                  Community: 65002:1

            """, text);
    }

    [Fact]
    public void The_summary_has_a_line_for_each_neighbour()
    {
        Assert.True(ShowBgp.TryRun(_r1, "show bgp summary", out string text));

        Assert.Equal(
            """

            IPv4 Unicast Summary (VRF default):
            BGP router identifier 10.0.0.1, local AS number 65001 vrf-id 0
            BGP table version 4
            RIB entries 3, using 48 bytes of memory
            Peers 3, using 1 KiB of memory

            Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
            10.0.0.2        4      65002         5         8        4    0    0 00:00:09            1        3 N/A
            10.0.0.3        4      65001         5         7        4    0    0 00:00:09            2        1 N/A
            10.0.0.9        4      65009         0         0        0    0    0    never       Active        0 N/A

            Total number of neighbors 3

            """, text);
    }

    [Theory]
    [InlineData("show bgp summary json", "ipv4Unicast")]
    [InlineData("show bgp ipv4 unicast json", "routes")]
    [InlineData("show bgp ipv4 10.2.0.0/16 json", "paths")]
    [InlineData("show bgp neighbors json", "10.0.0.2")]
    public void JSON_is_one_document(string command, string key)
    {
        Assert.True(ShowBgp.TryRun(_r1, command, out string text));

        using JsonDocument document = JsonDocument.Parse(text);
        Assert.True(document.RootElement.TryGetProperty(key, out _), text);
    }

    [Fact]
    public void A_neighbour_that_is_down_says_why()
    {
        Assert.True(ShowBgp.TryRun(_r1, "show bgp neighbors 10.0.0.9", out string text));

        Assert.Contains("  BGP state = Active\n", text, System.StringComparison.Ordinal);
        Assert.Contains("  Last reset never,  Connection timed out: no answer\n", text, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh ip bgp sum", "show ip bgp summary")]
    [InlineData("sh bgp ipv4 uni", "show bgp ipv4 unicast")]
    [InlineData("sh ip bgp nei 10.0.0.2 adv", "show ip bgp neighbors 10.0.0.2 advertised-routes")]
    [InlineData("show bgp vrf default summary", "show bgp summary")]
    [InlineData("show bgp all summary", "show bgp summary")]
    public void Words_may_be_shortened_as_in_vtysh(string given, string meant)
    {
        Assert.True(ShowBgp.TryRun(_r1, given, out string text));
        Assert.True(ShowBgp.TryRun(_r1, meant, out string expected));
        Assert.Equal(expected, text);
    }

    [Fact]
    public void A_summary_of_a_named_family_has_no_title_and_its_JSON_no_wrapper()
    {
        Assert.StartsWith("BGP router identifier 10.0.0.1", Show("show bgp ipv4 unicast summary"), System.StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Show("show bgp ipv4 unicast summary json"));
        Assert.Equal(3, document.RootElement.GetProperty("peers").EnumerateObject().Count());
        Assert.Equal(1, document.RootElement.GetProperty("failedPeers").GetInt32());
    }

    [Fact]
    public void Failed_neighbours_come_with_why_and_established_ones_without_the_others()
    {
        string failed = Show("show bgp summary failed");
        Assert.Contains("Neighbor        EstdCnt DropCnt ResetTime Reason\n", failed, System.StringComparison.Ordinal);
        Assert.Contains("10.0.0.9              0       0     never Connection timed out: no answer\n", failed, System.StringComparison.Ordinal);
        Assert.Contains("\nDisplayed neighbors 1\nTotal number of neighbors 3\n", failed, System.StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.9", Show("show bgp summary established"), System.StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_policy_is_missing_the_summary_says_so_as_bgpd_does()
    {
        _r1.ReconfigureNeighbor(Laboratory.AddressOf(2), _r1.FindNeighbor(Laboratory.AddressOf(2))!.Configuration with { RequiresPolicy = true });
        _lab.Run(10);

        Assert.Matches("(?m)^10.0.0.2 .* 00:00:[0-9]+     \\(Policy\\) \\(Policy\\) N/A$", Show("show bgp summary"));
        string neighbor = Show("show bgp neighbors 10.0.0.2");
        Assert.Contains("  Inbound updates discarded due to missing policy\n  Outbound updates discarded due to missing policy\n  0 accepted", neighbor, System.StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_refused_is_not_in_the_table_and_does_not_count_but_can_be_asked_for()
    {
        // Given a neighbour of whose two routes our policy takes one.
        RoutePolicy policy = new()
        {
            Rules =
            [
                new PolicyRule
                {
                    Conditions = [new PolicyMatch.PrefixList([new PrefixListEntry(InternetPrefix.Parse("10.2.0.0/16"))])],
                    Verdict = PolicyVerdict.Reject,
                },
            ],
            Default = PolicyVerdict.Accept,
        };
        _r2.Announce(Laboratory.Originate("10.3.0.0/16"));
        _r1.ReconfigureNeighbor(Laboratory.AddressOf(2), _r1.FindNeighbor(Laboratory.AddressOf(2))!.Configuration with { Import = policy });
        _lab.Run(1);

        Assert.DoesNotContain("10.0.0.2", Show("show bgp ipv4 unicast 10.2.0.0/16 longer-prefixes"), System.StringComparison.Ordinal);
        Assert.Contains("Displayed  4 routes and 4 total paths\n", Show("show bgp ipv4 unicast"), System.StringComparison.Ordinal);
        Assert.Contains("Origin IGP, metric 7, invalid (Policy), external\n", Show("show bgp ipv4 unicast 10.2.0.0/16"), System.StringComparison.Ordinal);
        Assert.Contains("Total number of prefixes 2 (1 filtered)\n", Show("show bgp ipv4 unicast neighbors 10.0.0.2 received-routes"), System.StringComparison.Ordinal);
        Assert.Contains("*> 10.2.0.0/16 ", Show("show bgp ipv4 unicast neighbors 10.0.0.2 filtered-routes"), System.StringComparison.Ordinal);
        Assert.Contains("  1 accepted prefixes\n", Show("show bgp neighbors 10.0.0.2"), System.StringComparison.Ordinal);
        Assert.Matches("(?m)^10.0.0.2 .* 1        3 N/A$", Show("show bgp summary"));
    }

    [Fact]
    public void Advertised_routes_are_one_object_a_prefix_as_bgpd_writes_them()
    {
        using JsonDocument document = JsonDocument.Parse(Show("show bgp ipv4 unicast neighbors 10.0.0.2 advertised-routes json"));
        JsonElement route = document.RootElement.GetProperty("advertisedRoutes").GetProperty("10.1.0.0/16");

        Assert.Equal(("10.1.0.0", 16, "10.0.0.1", "65001", "i"), (
            route.GetProperty("addrPrefix").GetString(), route.GetProperty("prefixLen").GetInt32(), route.GetProperty("nextHop").GetString(),
            route.GetProperty("path").GetString(), route.GetProperty("bgpOriginCode").GetString()));
        Assert.Equal(3, document.RootElement.GetProperty("totalPrefixCounter").GetInt32());
        Assert.EndsWith("\nTotal number of prefixes 3\n", Show("show bgp ipv4 unicast neighbors 10.0.0.2 advertised-routes"), System.StringComparison.Ordinal);
    }

    [Fact]
    public void An_aggregate_says_so_and_what_it_suppresses_is_marked()
    {
        _r1.AddAggregate(new BgpAggregate(InternetPrefix.Parse("10.0.0.0/8")) { SummaryOnly = true });
        _lab.Run(1);

        Assert.Contains("s> 10.1.0.0/16 ", Show("show bgp ipv4 unicast"), System.StringComparison.Ordinal);
        Assert.Contains("best #1, table default, Advertisements suppressed by an aggregate.)\n", Show("show bgp ipv4 unicast 10.1.0.0/16"), System.StringComparison.Ordinal);
        string aggregate = Show("show bgp ipv4 unicast 10.0.0.0/8");
        Assert.Contains("  Local, (aggregated by 65001 10.0.0.1)\n", aggregate, System.StringComparison.Ordinal);
        Assert.Contains(", valid, aggregated, local, ", aggregate, System.StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Show("show bgp ipv4 unicast 10.0.0.0/8 bestpath json"));
        Assert.Equal(65001, document.RootElement.GetProperty("paths")[0].GetProperty("aggregatorAs").GetInt32());
    }

    [Theory]
    [InlineData("no-export no-advertise", "no-export no-advertise", "noExport noAdvertise", "not advertised to EBGP peer")]
    [InlineData("no-advertise local-AS", "no-advertise local-AS", "noAdvertise localAs", "not advertised to any peer")]
    [InlineData("no-peer", "no-peer", "noPeer", "inform EBGP peer not to advertise to their EBGP peers")]
    [InlineData("65535:666 no-export", "blackhole no-export", "blackhole noExport", "inform peer to blackhole prefix")]
    [InlineData("65535:6", "llgr-stale", "llgrStale", "mark routes to be retained for a longer time. Requires support for Long-lived BGP Graceful Restart")]
    [InlineData("65535:7", "no-llgr", "noLlgr", "mark routes to not be treated according to Long-lived BGP Graceful Restart operations")]
    [InlineData("65535:1 65535:6", "accept-own llgr-stale", "acceptown llgrStale", "accept own local route exported and imported in different VRF")]
    [InlineData("65535:8", "accept-own-nexthop", "acceptownnexthop", "accept local nexthop")]
    [InlineData("65535:2", "route-filter-translated-v4", "routeFilterTranslatedV4", "mark translated RTs for VPNv4 route filtering")]
    [InlineData("0:0 65535:9", "internet 65535:9", "internet 65535:9", null)]
    public void Well_known_communities_have_bgpds_names_and_words(string communities, string names, string camelCase, string? words)
    {
        // As bgpd 8.4.4 shows a route that came with them.
        _r1.Announce(new BgpNetwork(InternetPrefix.Parse("10.4.0.0/16"))
        {
            Communities = [.. communities.Split(' ').Select(text => Community.TryParse(text, out Community community) ? community : default)],
        });
        _lab.Run(1);

        string shown = Show("show bgp ipv4 unicast 10.4.0.0/16");
        Assert.Contains($"(1 available, best #1, table default{(words is null ? "" : ", " + words)})\n", shown, System.StringComparison.Ordinal);
        Assert.Contains($"      Community: {names}\n", shown, System.StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Show("show bgp ipv4 unicast 10.4.0.0/16 json"));
        JsonElement list = document.RootElement.GetProperty("paths")[0].GetProperty("community").GetProperty("list");
        Assert.Equal(camelCase, string.Join(' ', list.EnumerateArray().Select(word => word.GetString())));
    }

    [Fact]
    public void Communities_say_whom_a_route_does_not_go_to_and_are_listed_in_camel_case()
    {
        _r1.Announce(new BgpNetwork(InternetPrefix.Parse("10.4.0.0/16")) { Communities = [new Community(65001, 1), Community.NoExport] });
        _lab.Run(1);

        Assert.Contains("(1 available, best #1, table default, not advertised to EBGP peer)\n", Show("show bgp ipv4 unicast 10.4.0.0/16"), System.StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Show("show bgp ipv4 unicast 10.4.0.0/16 json"));
        JsonElement community = document.RootElement.GetProperty("paths")[0].GetProperty("community");
        Assert.Equal("65001:1 no-export", community.GetProperty("string").GetString());
        Assert.Equal(["65001:1", "noExport"], community.GetProperty("list").EnumerateArray().Select(word => word.GetString()));
    }

    [Fact]
    public void A_neighbour_has_bgpds_keys()
    {
        using JsonDocument document = JsonDocument.Parse(Show("show bgp neighbors 10.0.0.2 json"));
        JsonElement neighbor = document.RootElement.GetProperty("10.0.0.2");

        Assert.Equal("Established", neighbor.GetProperty("bgpState").GetString());
        Assert.Equal("advertisedAndReceived", neighbor.GetProperty("neighborCapabilities").GetProperty("4byteAs").GetString());
        Assert.True(neighbor.GetProperty("neighborCapabilities").GetProperty("multiprotocolExtensions").GetProperty("ipv4Unicast").GetProperty("advertisedAndReceived").GetBoolean());
        Assert.True(neighbor.GetProperty("gracefulRestartInfo").GetProperty("endOfRibRecv").GetProperty("ipv4Unicast").GetBoolean());
        Assert.Equal(1, neighbor.GetProperty("addressFamilyInfo").GetProperty("ipv4Unicast").GetProperty("acceptedPrefixCounter").GetInt32());
        Assert.Equal(("undefined", 1), (neighbor.GetProperty("localRole").GetString(), neighbor.GetProperty("externalBgpNbrMaxHopsAway").GetInt32()));
        Assert.Contains("    End-of-RIB received: IPv4 Unicast\n", Show("show bgp neighbors 10.0.0.2"), System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_was_lost_says_when_and_by_which_NOTIFICATION()
    {
        _r2.SetShutdown(Laboratory.AddressOf(1), true);
        _lab.Run(5);

        string text = Show("show bgp neighbors 10.0.0.2");
        Assert.Contains("  Last reset 00:00:0", text, System.StringComparison.Ordinal);
        Assert.Contains(",  Notification received (Cease/Administrative Shutdown)\n", text, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show bgp neighbors 10.9.9.9", "% No such neighbor in this view/vrf\n\n")]
    [InlineData("show bgp ipv4 unicast neighbors 10.9.9.9 advertised-routes", "No such neighbor in this view/vrf\n")]
    [InlineData("show bgp ipv4 unicast 10.9.0.0/16", "% Network not in table\n")]
    [InlineData("show bgp ipv4 unicast dampening parameters", "dampening not enabled for IPv4 Unicast\n")]
    [InlineData("show bgp ipv6 unicast", "No BGP prefixes displayed, 0 exist\n")]
    public void What_is_not_there_is_said_in_bgpds_words(string command, string expected) => Assert.Equal(expected, Show(command));

    private string Show(string command)
    {
        Assert.True(ShowBgp.TryRun(_r1, command, out string text), text);
        return text;
    }

    [Fact]
    public void An_unknown_word_is_named()
    {
        Assert.False(ShowBgp.TryRun(_r1, "show bgp ipv4 unicast flowers", out string text));
        Assert.Equal("% Unknown command: flowers\n", text);
    }
}
