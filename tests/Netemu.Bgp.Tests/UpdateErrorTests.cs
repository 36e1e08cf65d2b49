using System;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 7606: what each malformed attribute costs.</summary>
public sealed class UpdateErrorTests
{
    private const string Origin = MalformedUpdates.Origin;
    private const string AsPath = MalformedUpdates.AsPath;
    private const string NextHop = MalformedUpdates.NextHop;
    private const string LocalPref = "400504" + "00000064";
    private const string Good = Origin + AsPath + NextHop;
    private const string Prefix = "18C00002";
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    public static TheoryData<string, string, string> External()
    {
        TheoryData<string, string, string> rows = [];
        foreach ((string what, string attributes, string expected) in MalformedUpdates.External)
        {
            rows.Add(what, attributes, expected);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(External))]
    public void A_malformed_attribute_costs_what_the_RFC_says(string what, string attributes, string expected)
    {
        ScriptedPeer peer = Establish(internalPeer: false);
        peer.SendUpdate("", Origin + AsPath + NextHop + "800404" + "00000009", Prefix);
        _lab.Run(1);

        peer.SendUpdate("", attributes, Prefix);
        _lab.Run(1);

        Assert.True(expected == Outcome(peer), $"{what}: {Outcome(peer)}");
    }

    [Theory]
    [InlineData("section 5: LOCAL_PREF is required", Good, "withdrawn")]
    [InlineData("good", Good + LocalPref, "kept")]
    [InlineData("section 7.5: LOCAL_PREF of three octets", Good + "400503" + "000064", "withdrawn")]
    [InlineData("section 7.9: ORIGINATOR_ID of five octets", Good + LocalPref + "800905" + "0A00000700", "withdrawn")]
    [InlineData("section 7.10: CLUSTER_LIST of five octets", Good + LocalPref + "800A05" + "0A00000700", "withdrawn")]
    [InlineData("section 7.10: CLUSTER_LIST of no octet", Good + LocalPref + "800A00", "withdrawn")]
    public void From_an_internal_peer_its_attributes_count(string what, string attributes, string expected)
    {
        ScriptedPeer peer = Establish(internalPeer: true);
        peer.SendUpdate("", Good + LocalPref + "800404" + "00000009", Prefix);
        _lab.Run(1);

        peer.SendUpdate("", attributes, Prefix);
        _lab.Run(1);

        Assert.True(expected == Outcome(peer), $"{what}: {Outcome(peer)}");
    }

    [Theory]
    [InlineData("withdrawn length overruns", "001802" + "0004" + "000018")]
    [InlineData("attributes length overruns", "001A02" + "0000" + "0005" + "400101")]
    public void A_length_that_overruns_the_message_ends_the_session(string what, string rest)
    {
        ScriptedPeer peer = Establish(internalPeer: false);

        peer.Send(ScriptedPeer.Marker + rest);
        _lab.Run(1);

        Assert.True(Outcome(peer) == "0301", what);
    }

    [Theory]
    [InlineData("a prefix length of 33", "", "21C0000200FF")]
    [InlineData("a prefix that overruns", "", "18C000")]
    [InlineData("a withdrawn prefix length of 33", "21C0000200FF", "")]
    public void NLRI_that_cannot_be_read_end_the_session(string what, string withdrawn, string nlri)
    {
        ScriptedPeer peer = Establish(internalPeer: false);

        peer.SendUpdate(withdrawn, nlri.Length > 0 ? Good : "", nlri);
        _lab.Run(1);

        Assert.True(Outcome(peer) == "030A", what);
    }

    [Theory]
    [InlineData("section 2: AS 0 in AS_PATH", Origin + "40020A0202" + "0000FDEA00000000" + NextHop, "withdrawn")]
    [InlineData("section 2: AS 0 in a set", Origin + "40020C" + "02010000FDEA" + "010100000000" + NextHop, "withdrawn")]
    [InlineData("section 2: AS 0 in AGGREGATOR", Good + "C00708" + "000000000A000002", "kept")]
    public void AS_0_is_malformed(string what, string attributes, string expected)
    {
        // RFC 7607, each as bgpd 8.4.4 does it.
        ScriptedPeer peer = Establish(internalPeer: false);
        peer.SendUpdate("", Good + "800404" + "00000009", Prefix);
        _lab.Run(1);

        peer.SendUpdate("", attributes, Prefix);
        _lab.Run(1);

        Assert.True(expected == Outcome(peer), $"{what}: {Outcome(peer)}");
        Assert.DoesNotContain(_lab.Speakers[0].PathsOf(s_prefix), path => path.Attributes.TryGet(AttributeType.Aggregator, out _));
    }

    [Fact]
    public void Large_communities_that_stand_twice_are_taken_once()
    {
        // RFC 8092 section 3.
        const string one = "000000010000000200000003";
        const string two = "000000010000000200000004";
        ScriptedPeer peer = Establish(internalPeer: false);

        peer.SendUpdate("", Good + "C0203C" + two + one + two + one + one, Prefix);
        _lab.Run(1);

        byte[] bytes = _lab.Speakers[0].BestPath(s_prefix)!.Value.Attributes.Bytes.ToArray();
        Assert.Equal(Origin + AsPath + "C02018" + two + one, Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_bad_attribute_without_any_route_ends_the_session()
    {
        // RFC 7606 section 5.2: the routes may have been lost with it.
        ScriptedPeer peer = Establish(internalPeer: false);

        peer.SendUpdate("", "40010103", "");
        _lab.Run(1);

        Assert.Equal("0306", Outcome(peer));
    }

    [Fact]
    public void An_unknown_transitive_attribute_is_passed_on_with_the_partial_bit()
    {
        ScriptedPeer peer = Establish(internalPeer: false);
        BgpSpeaker r1 = _lab.Speakers[0];
        BgpSpeaker r3 = _lab.Add(3, 65003);
        Laboratory.Join(r1, r3);
        r3.Start();
        peer.SendUpdate("", Good + "C06302ABCD" + "806402ABCD", Prefix);
        _lab.Run(1);

        byte[] bytes = r3.BestPath(s_prefix)!.Value.Attributes.Bytes.ToArray();
        Assert.Equal("40010100" + "40020A0202" + "0000FDE90000FDEA" + "E06302ABCD", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Host_bits_of_a_prefix_do_not_matter()
    {
        ScriptedPeer peer = Establish(internalPeer: false);

        peer.SendUpdate("", Good, "14C00FFF" + "17C00003" + "00");
        _lab.Run(1);

        Assert.Equal(
            ["0.0.0.0/0", "192.0.2.0/23", "192.15.240.0/20"],
            _lab.Speakers[0].Paths(AddressFamily.IPv4).Select(path => path.Prefix.ToString()).Order());
    }

    [Fact]
    public void Mutated_updates_never_throw_and_leave_the_tables_consistent()
    {
        RandomSource random = new(7, "fuzz/updates");
        string[] seeds =
        [
            Good + "C0080400010001" + "C0200C000000010000000200000003" + "C010080002000000000001",
            Origin + "400216" + "0203" + "0000FDEA0000FDEB0000FDEC" + "0102" + "0000000100000002" + NextHop + "800404" + "00000001",
            Origin + AsPath + "800E1E" + "0002011020010DB8000000000000000000000002" + "00" + "3020010DB80001" + "00",
        ];
        ScriptedPeer peer = Establish(internalPeer: false);
        BgpSpeaker r1 = _lab.Speakers[0];
        Sessions.BgpSession session = r1.Neighbors.First();
        for (int round = 0; round < 30_000; round++)
        {
            byte[] attributes = Convert.FromHexString(seeds[random.NextBelow(seeds.Length)]);
            for (int i = (int)random.NextBelow(4); i >= 0; i--)
            {
                attributes[random.NextBelow(attributes.Length)] = (byte)random.NextUInt32();
            }

            int cut = (int)random.NextBelow(attributes.Length + 1);
            string body = "0000" + cut.ToString("X4") + Convert.ToHexString(attributes.AsSpan(0, cut)) + Prefix;
            byte[] message = Convert.FromHexString(ScriptedPeer.Marker + "000002" + body);
            r1.ProcessUpdate(session, message);
        }

        Assert.InRange(r1.PathCount(AddressFamily.IPv4), 0, 1);
        r1.Destroy();
        Assert.Equal(0, _lab.Tables.Attributes.Count);
        Assert.False(peer.IsClosed);
    }

    private ScriptedPeer Establish(bool internalPeer)
    {
        uint asNumber = internalPeer ? 65001u : 65002u;
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(
            Laboratory.AddressOf(2), Laboratory.Peer(asNumber) with { Passive = true, IPv6Unicast = true }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(
            asNumber, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.IPv6Unicast | BgpCapabilities.FourOctetAs));
        _lab.Run(1);
        Assert.Equal(BgpState.Established, r1.Neighbors.First().State);
        return peer;
    }

    private string Outcome(ScriptedPeer peer)
    {
        if (peer.Notification.Length > 0)
        {
            return peer.Notification;
        }

        // The first announcement had MED 9.
        return _lab.Speakers[0].BestPath(s_prefix) is BgpPath path && path.Attributes.Med != 9 ? "kept" : "withdrawn";
    }
}
