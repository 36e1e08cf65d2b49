using System;
using System.Linq;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 9234: roles in OPEN, and what ONLY_TO_CUSTOMER keeps from leaking.</summary>
public sealed class RoleTests
{
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Theory]
    [InlineData(BgpRole.Provider, BgpRole.Customer)]
    [InlineData(BgpRole.RouteServer, BgpRole.RouteServerClient)]
    [InlineData(BgpRole.Peer, BgpRole.Peer)]
    public void Only_the_pairs_of_table_2_come_up(BgpRole one, BgpRole other)
    {
        foreach (BgpRole role in Enum.GetValues<BgpRole>().Where(role => role != BgpRole.None))
        {
            Laboratory lab = new();
            BgpSpeaker r1 = lab.Add(1, 65001);
            BgpSpeaker r2 = lab.Add(2, 65002);
            r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Role = one }));
            r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Role = role, Passive = true }));
            lab.StartAll();
            lab.Run(1);

            Assert.True(role == other == Laboratory.Session(r1, r2).IsEstablished, $"{one} and {role}");
            if (role != other)
            {
                BgpError error = Laboratory.Session(r2, r1).LastError;
                Assert.Equal((BgpErrorCode.OpenMessage, BgpErrorSubcode.RoleMismatch), (error.Code, error.Subcode));
            }
        }
    }

    [Theory]
    [InlineData(false, BgpState.Established)]
    [InlineData(true, BgpState.Idle)]
    public void A_neighbour_without_a_role_is_believed_unless_roles_are_strict(bool strict, BgpState expected)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(
            Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Role = BgpRole.Provider, RoleStrict = strict }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Passive = true }));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal(expected, Laboratory.Session(r1, r2).State);
    }

    [Fact]
    public void The_capability_is_one_octet_under_code_9()
    {
        byte[] bytes = new byte[256];
        OpenMessage open = ScriptedPeer.Open(65001, 1, BgpCapabilities.IPv4Unicast | BgpCapabilities.RoleCustomer);
        string hex = Convert.ToHexString(bytes.AsSpan(0, open.Write(bytes)));

        // Customer is 3 (RFC 9234 table 1).
        Assert.Contains("0203" + "090103", hex, StringComparison.Ordinal);
        Assert.False(OpenMessage.TryRead(Convert.FromHexString(hex), out OpenMessage read).IsError);
        Assert.Equal(BgpCapabilities.RoleCustomer, read.Capabilities & BgpCapabilities.Roles);
    }

    [Fact]
    public void A_route_from_a_provider_goes_to_customers_only_and_says_so()
    {
        // Given r2, customer of r1, which has a peer r3, another provider r4 and a customer r5.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        BgpSpeaker r4 = _lab.Add(4, 65004);
        BgpSpeaker r5 = _lab.Add(5, 65005);
        Join(r1, BgpRole.Provider, r2, BgpRole.Customer);
        Join(r2, BgpRole.Peer, r3, BgpRole.Peer);
        Join(r2, BgpRole.Customer, r4, BgpRole.Provider);
        Join(r2, BgpRole.Provider, r5, BgpRole.Customer);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        // Then what r1 announced is at r5, marked by r1, and neither at r3 nor at r4.
        Assert.Equal(65001u, Marked(r2, s_prefix));
        Assert.Equal(65001u, Marked(r5, s_prefix));
        Assert.Null(r3.BestPath(s_prefix));
        Assert.Null(r4.BestPath(s_prefix));

        // And r2's own route is everywhere: marked by r2 where it goes to the side or down, unmarked above.
        InternetPrefix own = InternetPrefix.Parse("198.51.100.0/24");
        Assert.Equal((null, 65002u, null, 65002u), (Marked(r1, own), Marked(r3, own), Marked(r4, own), Marked(r5, own)));
    }

    [Theory]
    [InlineData(BgpRole.Provider, "C02304" + "0000FDEA", true)]
    [InlineData(BgpRole.RouteServer, "C02304" + "0000FDEA", true)]
    [InlineData(BgpRole.Peer, "C02304" + "0000FDEB", true)]
    [InlineData(BgpRole.Peer, "C02304" + "0000FDEA", false)]
    [InlineData(BgpRole.Customer, "C02304" + "0000FDEB", false)]
    public void What_should_not_have_come_from_a_neighbour_of_that_kind_is_a_leak(BgpRole role, string attribute, bool leaks)
    {
        ScriptedPeer peer = Establish(role);
        peer.SendUpdate("", MalformedUpdates.Good + attribute, "18C00002");
        _lab.Run(1);

        BgpPath path = _lab.Speakers[0].PathsOf(s_prefix).Single();
        Assert.Equal(leaks ? PathRejection.RouteLeak : PathRejection.None, path.Rejection);
    }

    [Fact]
    public void A_mark_of_three_octets_costs_the_route()
    {
        ScriptedPeer peer = Establish(BgpRole.Customer);
        peer.SendUpdate("", MalformedUpdates.Good + "C02303" + "00FDEA", "18C00002");
        _lab.Run(1);

        Assert.Empty(_lab.Speakers[0].PathsOf(s_prefix));
        Assert.Equal("", peer.Notification);
    }

    private ScriptedPeer Establish(BgpRole role)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true, Role = role }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));
        _lab.Run(1);
        return peer;
    }

    private static uint? Marked(BgpSpeaker speaker, InternetPrefix prefix) =>
        speaker.BestPath(prefix)!.Value.Attributes.TryGetOnlyToCustomer(out uint marked) ? marked : null;

    private static void Join(BgpSpeaker left, BgpRole leftRole, BgpSpeaker right, BgpRole rightRole)
    {
        left.AddNeighbor(new BgpNeighbor(right.Configuration.RouterId, Laboratory.Peer(right.Configuration.As) with { Role = leftRole }));
        right.AddNeighbor(new BgpNeighbor(left.Configuration.RouterId, Laboratory.Peer(left.Configuration.As) with { Role = rightRole }));
    }
}
