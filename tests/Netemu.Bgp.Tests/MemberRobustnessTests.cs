using System;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>Mutated messages of a confederation's member, while a station watches: no exception, and nothing left behind.</summary>
public sealed class MemberRobustnessTests
{
    private const int Rounds = 4_000;

    private static readonly string[] s_bodies =
    [
        "0000" + "001B" + MalformedUpdates.Origin + "400206" + "0301" + "0000FDEA" + MalformedUpdates.NextHop + "400504" + "00000064" + "18C00002",
        "0000" + "0027" + MalformedUpdates.Origin + "400212" + "0302" + "0000FDEA" + "0000FDEB" + "0401" + "0000FDEC" + "0200"
            + MalformedUpdates.NextHop + "400504" + "00000064" + "18C63364" + "18CB0071",
        "0000" + "0028" + MalformedUpdates.Origin + "40020C" + "0301" + "0000FDEA" + "0201" + "000000C8" + MalformedUpdates.NextHop
            + "C00808" + "FFFF0006" + "FFFF0007" + "18C00002",
        "0004" + "18C00002" + "0000",
        "00000000",
    ];

    [Fact]
    public void Mutated_updates_of_a_member_do_no_harm()
    {
        byte[][] seeds = [.. s_bodies.Select(body => Convert.FromHexString(
            ScriptedPeer.Marker + (BgpMessage.HeaderSize + (body.Length / 2)).ToString("X4") + "02" + body))];
        RandomSource random = new(5, "member");
        int sessions = 0;
        int updates = 0;
        int told = 0;
        for (int round = 0; round < Rounds;)
        {
            (Laboratory lab, BgpSession session, BmpCollector station) = Start();
            sessions++;
            for (; round < Rounds && session.IsEstablished; round++)
            {
                byte[] bytes = [.. seeds[random.NextBelow(seeds.Length)]];
                for (int i = (int)random.NextBelow(4); i > 1; i--)
                {
                    bytes[19 + random.NextBelow(bytes.Length - 19)] = (byte)random.NextUInt32();
                }

                session.ReadMessages(bytes);
            }

            updates += (int)session.Counters.UpdatesReceived;
            lab.Run(1);
            Assert.All(station.Messages, message => Assert.InRange(message[5], (byte)0, (byte)5));
            told += station.Updates.Count;
            lab.Speakers[0].Destroy();
            Assert.Equal(0, lab.Tables.Attributes.Count);
        }

        Assert.InRange(updates, Rounds * 9 / 10, Rounds);
        Assert.InRange(told, Rounds, Rounds * 4);
        Assert.InRange(sessions, 2, Rounds / 2);
    }

    private static (Laboratory Lab, BgpSession Session, BmpCollector Station) Start()
    {
        Laboratory lab = new();
        BmpCollector station = new(lab, 9);
        BgpSpeaker r1 = lab.Add(1, 65001, c => c with
        {
            ConfederationId = 100,
            ConfederationPeers = [65002],
            Stations = [new BmpStation(Laboratory.AddressOf(9), BmpStation.UsualPort) { Feeds = BmpFeeds.PrePolicy | BmpFeeds.PostPolicy }],
        });
        r1.AddNeighbor(new BgpNeighbor(
            Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true, GracefulRestart = true, LongLivedGracefulRestart = true }));
        r1.Start();
        ScriptedPeer peer = new(lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));
        lab.Run(1);
        Assert.False(peer.IsClosed);
        return (lab, r1.Neighbors.Single(), station);
    }
}
