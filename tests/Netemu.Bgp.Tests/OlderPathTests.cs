using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>What "the older path" means in bgpd: the external one that is the best already, whatever has changed in it.</summary>
public sealed class OlderPathTests
{
    private const string Origin = MalformedUpdates.Origin;
    private const string Prefix = "18C00002";
    private const string Community = "C00804" + "00010001";
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_external_path_that_is_the_best_stays_it_when_it_changes_and_when_it_has_not_been_lost(bool deterministicMed)
    {
        // Given the path of 10.0.0.3 before that of 10.0.0.2, which has the lower identifier.
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { BestPath = c.BestPath with { PreferOlder = true, DeterministicMed = deterministicMed } });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Laboratory.Peer(65001) with { Passive = true }));
        r1.Start();
        ScriptedPeer second = Peer(2, 65002);
        ScriptedPeer first = Peer(3, 65003);
        ScriptedPeer inside = Peer(4, 65001);
        _lab.Run(1);
        first.SendUpdate("", Origin + "400206" + "02010000FDEB" + "4003040A000003", Prefix);
        _lab.Run(1);
        second.SendUpdate("", Origin + "400206" + "02010000FDEA" + "4003040A000002", Prefix);
        _lab.Run(1);
        Assert.Equal(("10.0.0.3", BestPathReason.OlderPath), Best(r1));

        // When its attributes change, then it is the best still.
        first.SendUpdate("", Origin + "400206" + "02010000FDEB" + "4003040A000003" + Community, Prefix);
        _lab.Run(1);
        Assert.Equal(("10.0.0.3", BestPathReason.OlderPath), Best(r1));

        // When a better one comes and goes, then neither of the two was the best, and identifiers decide.
        inside.SendUpdate("", Origin + "400200" + "4003040A000004" + "40050400000064", Prefix);
        _lab.Run(1);
        Assert.Equal(("10.0.0.4", BestPathReason.AsPathLength), Best(r1));
        inside.SendUpdate(Prefix, "", "");
        _lab.Run(1);
        Assert.Equal(("10.0.0.2", BestPathReason.RouterId), Best(r1));
    }

    [Fact]
    public void Without_deterministic_MED_a_path_that_changes_keeps_its_place_among_the_pairs()
    {
        // Given paths of 10.0.0.2 (AS 65002, MED 20), 10.0.0.3 (AS 65003), 10.0.0.4 (AS 65002, MED 10, the highest identifier), in
        // this order: the newest against the one before it, and the winner against the oldest.
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { BestPath = c.BestPath with { DeterministicMed = false } });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Laboratory.Peer(65002) with { Passive = true }));
        r1.Start();
        ScriptedPeer[] peers = [Peer(2, 65002), Peer(3, 65003), Peer(4, 65002)];
        _lab.Run(1);
        string fromFirst = Origin + "400206" + "02010000FDEA" + "4003040A000002" + "80040400000014";
        peers[0].SendUpdate("", fromFirst, Prefix);
        _lab.Run(1);
        peers[1].SendUpdate("", Origin + "400206" + "02010000FDEB" + "4003040A000003", Prefix);
        _lab.Run(1);
        peers[2].SendUpdate("", Origin + "400206" + "02010000FDEA" + "4003040A000004" + "8004040000000A", Prefix);
        _lab.Run(1);
        Assert.Equal("10.0.0.2", Best(r1).NextHop);

        peers[0].SendUpdate("", fromFirst + Community, Prefix);
        _lab.Run(1);

        Assert.Equal("10.0.0.2", Best(r1).NextHop);
    }

    private ScriptedPeer Peer(int node, uint asNumber) =>
        new(_lab, node, 1, ScriptedPeer.Open(asNumber, node, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));

    private static (string NextHop, BestPathReason Reason) Best(BgpSpeaker speaker) =>
        (speaker.BestPath(s_prefix)!.Value.Attributes.NextHop.ToString(), speaker.PathsOf(s_prefix).Single(path => path.IsBest).Reason);
}
