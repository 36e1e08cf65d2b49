using System.Text.Json;
using Netemu.Bgp.Attributes;
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
            RIB entries 3
            Peers 3

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
        Assert.Contains("  Last reset: Connection timed out: no answer\n", text, System.StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_word_is_named()
    {
        Assert.False(ShowBgp.TryRun(_r1, "show bgp ipv4 unicast flowers", out string text));
        Assert.Equal("% Unknown command: flowers\n", text);
    }
}
