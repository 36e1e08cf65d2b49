using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>Neighbours that nobody has named, from ranges that are listened to.</summary>
public sealed class NeighborRangeTests
{
    private readonly Laboratory _lab = new();

    [Fact]
    public void Of_two_ranges_the_longer_one_is_meant_whichever_comes_first()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with
        {
            NeighborRanges =
            [
                new BgpNeighborRange(InternetPrefix.Parse("10.0.0.0/8"), Laboratory.Peer(65009)),
                new BgpNeighborRange(InternetPrefix.Parse("10.0.0.0/24"), Laboratory.Peer(65002)),
            ],
        });
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        _lab.StartAll();
        _lab.Run(3);
        Assert.True(Laboratory.Session(r2, r1).IsEstablished);

        // And a new configuration finds the same one.
        r1.Reconfigure(r1.Configuration with { DefaultLocalPref = 200 });
        _lab.Run(1);
        Assert.True(Laboratory.Session(r2, r1).IsEstablished);
    }

    [Fact]
    public void A_neighbour_from_a_range_is_none_any_more_once_it_has_gone()
    {
        // bgp_stop of bgpd: "(dynamic neighbor) deleted". One of two that are allowed goes without a word, and a third one comes.
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with
        {
            NeighborRanges =
            [
                new BgpNeighborRange(InternetPrefix.Parse("10.0.0.0/24"), Laboratory.Peer(0) with { AnyAs = AnyAsMode.All, GracefulRestart = true }) { Limit = 2 },
            ],
        });
        BgpSpeaker[] peers = [_lab.Add(2, 65002), _lab.Add(3, 65003), _lab.Add(4, 65004)];
        foreach (BgpSpeaker peer in peers)
        {
            peer.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { GracefulRestart = peer == peers[1] }));
            peer.Announce(Laboratory.Originate($"192.0.{peer.Configuration.As - 65000}.0/24"));
        }

        r1.Start();
        peers[0].Start();
        peers[1].Start();
        _lab.Run(3);
        Assert.Equal(2, r1.Neighbors.Count());

        peers[0].Destroy();
        _lab.Run(1);
        Assert.Equal("10.0.0.3", r1.Neighbors.Single().Address.ToString());

        // Whose routes are kept is waited for.
        peers[1].Destroy();
        _lab.Run(1);
        Assert.Equal("10.0.0.3", r1.Neighbors.Single().Address.ToString());
        _lab.Run(200);
        Assert.Empty(r1.Neighbors);

        peers[2].Start();
        _lab.Run(3);
        Assert.Equal("192.0.4.0/24 via 10.0.0.4 as [65004] best OnlyPath", Laboratory.Describe(r1));
    }

    [Fact]
    public void A_range_takes_any_AS_up_to_its_limit()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with
        {
            NeighborRanges =
            [
                new BgpNeighborRange(InternetPrefix.Parse("10.0.0.0/24"), Laboratory.Peer(0) with { AnyAs = AnyAsMode.All }) { Limit = 2 },
            ],
        });
        BgpSpeaker[] peers = [_lab.Add(2, 65001), _lab.Add(3, 65003), _lab.Add(4, 65004)];
        foreach (BgpSpeaker peer in peers)
        {
            peer.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        }

        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal([true, true, false], peers.Select(p => Laboratory.Session(p, r1).IsEstablished));
        Assert.True(Laboratory.Session(r1, peers[0]).IsInternal);
        Assert.False(Laboratory.Session(r1, peers[1]).IsInternal);
    }
}
