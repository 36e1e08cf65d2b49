using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 2918 and RFC 7313, and what they have to do with RFC 4724.</summary>
public sealed class RouteRefreshTests
{
    private const string Good = MalformedUpdates.Good;
    private const string Prefix = "18C00002";
    private const string Other = "18C00003";
    private const string IPv6Prefix = "4020010DB8000000AA";
    private const string IPv6Reach = "800E1E" + "000201" + "10" + "FD000000000000000000000000000002" + "00" + IPv6Prefix;
    private const string BeginIPv4 = ScriptedPeer.Marker + "001705" + "00010101";
    private const string EndIPv4 = ScriptedPeer.Marker + "001705" + "00010201";
    private const string BeginIPv6 = ScriptedPeer.Marker + "001705" + "00020101";
    private const string EndIPv6 = ScriptedPeer.Marker + "001705" + "00020201";

    private const BgpCapabilities Offered = BgpCapabilities.IPv4Unicast | BgpCapabilities.IPv6Unicast | BgpCapabilities.FourOctetAs
        | BgpCapabilities.RouteRefresh | BgpCapabilities.EnhancedRouteRefresh;

    private const BgpCapabilities Graceful = BgpCapabilities.GracefulRestart | BgpCapabilities.GracefulIPv4 | BgpCapabilities.ForwardingIPv4;

    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void What_is_not_sent_again_between_the_marks_is_gone_in_each_family_for_itself()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Offered);
        peer.SendUpdate("", Good, Prefix + Other);
        peer.SendUpdate("", MalformedUpdates.Origin + MalformedUpdates.AsPath + IPv6Reach, "");
        _lab.Run(1);

        // When both families are sent again at once, and of IPv6 nothing comes.
        peer.Send(BeginIPv4 + BeginIPv6);
        peer.SendUpdate("", Good, Other);
        _lab.Run(1);
        Assert.True(r1.PathsOf(s_prefix).Single().IsStale);
        peer.Send(EndIPv4);
        _lab.Run(1);
        Assert.Equal((1, 1), (r1.RouteCount(AddressFamily.IPv4), r1.RouteCount(AddressFamily.IPv6)));
        peer.Send(EndIPv6);
        _lab.Run(1);

        Assert.Equal((1, 0), (r1.RouteCount(AddressFamily.IPv4), r1.RouteCount(AddressFamily.IPv6)));
    }

    [Fact]
    public void Marks_before_End_of_RIB_do_not_cost_the_routes_of_a_neighbour_that_restarts()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Offered | Graceful);
        peer.SendUpdate("", Good, Prefix);
        _lab.Run(1);
        peer.Close();
        _lab.Run(20);
        peer.Reconnect(ScriptedPeer.Open(65002, 2, Offered | Graceful | BgpCapabilities.RestartState));
        _lab.Run(1);
        Assert.True(r1.PathsOf(s_prefix).Single().IsStale);

        peer.Send(BeginIPv4 + EndIPv4);
        _lab.Run(1);
        Assert.True(r1.PathsOf(s_prefix).Single().IsStale);

        peer.SendUpdate("", "", "");
        _lab.Run(1);
        Assert.Empty(r1.PathsOf(s_prefix));
    }

    [Fact]
    public void A_neighbour_that_is_lost_while_it_sends_again_keeps_what_it_had()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Offered | Graceful);
        peer.SendUpdate("", Good, Prefix);
        peer.SendUpdate("", "", "");
        _lab.Run(1);

        peer.Send(BeginIPv4);
        peer.Close();
        _lab.Run(1);

        Assert.True(r1.PathsOf(s_prefix).Single().IsStale);
    }

    [Fact]
    public void A_speaker_that_has_not_selected_yet_sends_no_marks_with_nothing_between_them()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true, GracefulRestart = true }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start(restarting: true);
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, Offered | Graceful));
        _lab.Run(1);

        peer.Send(ScriptedPeer.Marker + "001705" + "00010001");
        _lab.Run(1);

        Assert.DoesNotContain(peer.Messages, message => message.StartsWith("05", System.StringComparison.Ordinal));
    }

    [Fact]
    public void To_a_speaker_that_has_not_offered_it_the_type_is_unknown()
    {
        // RFC 4271 section 6.1, as in BIRD (bgp_rx_route_refresh).
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true, RouteRefresh = false }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, Offered));
        _lab.Run(1);

        peer.Send(ScriptedPeer.Marker + "001705" + "00010001");
        _lab.Run(1);

        Assert.Equal("03010305", peer.Messages.Single(message => message.StartsWith("03", System.StringComparison.Ordinal)));
    }

    private (BgpSpeaker R1, ScriptedPeer Peer) Establish(BgpCapabilities capabilities)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with
        {
            Passive = true,
            IPv6Unicast = true,
            GracefulRestart = (capabilities & BgpCapabilities.GracefulRestart) != 0,
        }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, capabilities) with { RestartTime = 120 });
        _lab.Run(1);
        return (r1, peer);
    }
}
