using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Xunit.Abstractions;

namespace Netemu.Bgp.Tests;

/// <summary>Whatever bytes come, nothing is thrown, nothing hangs, and nothing is left behind.</summary>
public sealed class RobustnessTests(ITestOutputHelper output)
{
    private const string Attributes = "40010100" + "400206" + "0201" + "0000FDEA" + "400304" + "0A000002";

    private readonly Laboratory _lab = new();

    /// <summary>Every kind of message, with all that we know how to read in it.</summary>
    private static readonly string[] s_messages =
    [
        Message("01", "04FDEA005A0A00000244" + "02060104000100010206010400020001" + "02020200" + "02024600" + "02064104" + "0000FDEA"
            + "020840064078000101800206450400010103" + "02020600" + "02080506000100010002"),
        Message("02", "0000" + "0000"),
        Message("02", "0004" + "18C00002" + "0000"),
        Message("02", "0000" + "0012" + Attributes + "18C00002"),
        Message("02", "0000" + "003A" + Attributes + "800404" + "00000001" + "C00808" + "FDEA0001FFFFFF01" + "C0200C" + "0000FDEA0000000100000002"
            + "C00708" + "0000FDEA0A000002" + "18C00002" + "20C6336401"),
        Message("02", "0000" + "003E" + "900E001E" + "00020110" + "20010DB8000000000000000000000002" + "00" + "3020010DB80001"
            + Attributes + "C0630400000001" + "400600"),
        Message("02", "0000" + "000C" + "900F0008" + "000201" + "2020010DB8"),
        Message("03", "0602" + "05" + "68656C6C6F"),
        Message("03", "0609" + "0602"),
        Message("04", ""),
        Message("05", "00010001"),
        Message("05", "00020101"),
    ];

    [Fact]
    public void Every_truncation_of_every_message_is_survived()
    {
        foreach (string message in s_messages)
        {
            byte[] whole = Convert.FromHexString(message);
            for (int length = 0; length <= whole.Length; length++)
            {
                // As a message of that length, and as a message that promises more than comes.
                byte[] shortened = whole[..length];
                if (length >= BgpMessage.HeaderSize)
                {
                    shortened[16] = (byte)(length >> 8);
                    shortened[17] = (byte)length;
                }

                Feed(shortened);
                Feed(whole[..length]);
            }
        }

        AssertNothingIsLeft();
    }

    [Fact]
    public void Random_mutations_of_messages_are_survived()
    {
        // Whole sessions: most mutations end one, and the next needs a new one.
        int rounds = IsSoak ? 40_000 : 20_000;
        RandomSource random = new(7, "fuzz/bgp");
        byte[][] seeds = [.. s_messages.Select(Convert.FromHexString)];
        for (int round = 0; round < rounds; round++)
        {
            Feed(Mutate(seeds, random));
        }

        AssertNothingIsLeft();
    }

    [Fact]
    public void The_message_reader_survives_ten_million_random_mutations()
    {
        // 10 million with NETEMU_SOAK=1 (tests/run --soak): what the reader says of an error is a value, and changes nothing.
        const int roundsOfOneTable = 50_000;
        int rounds = IsSoak ? 10_000_000 : 100_000;
        RandomSource random = new(8, "fuzz/bgp-reader");
        byte[][] seeds = [.. s_messages.Select(Convert.FromHexString)];
        int[] read = new int[6];
        BgpSession session = null!;
        for (int round = 0; round < rounds; round++)
        {
            if (round % roundsOfOneTable == 0)
            {
                // What was learned is bounded by what was said; nothing of it outlives its speaker.
                CheckAndDrop();
                _session = null;
                session = Established();
            }

            byte[] bytes = Mutate(seeds, random);
            if (!BgpMessage.TryFrame(bytes, BgpMessage.MaximumExtendedSize, out int length, out BgpMessageType type, out _))
            {
                continue;
            }

            read[(int)type]++;
            ReadOnlySpan<byte> message = bytes.AsSpan(0, length);
            switch (type)
            {
                case BgpMessageType.Open:
                    OpenMessage.TryRead(message, out _);
                    break;
                case BgpMessageType.Update:
                    _labs[^1].Speakers[0].ProcessUpdate(session, message);
                    break;
                case BgpMessageType.Notification:
                    NotificationMessage.Read(message);
                    NotificationMessage.ShutdownMessage(NotificationMessage.Data(message));
                    break;
                case BgpMessageType.RouteRefresh:
                    RouteRefreshMessage.TryRead(message, out _);
                    break;
            }
        }

        AssertNothingIsLeft();
        output.WriteLine($"{rounds} mutations; whole messages by type: {string.Join(' ', read[1..])}");
        Assert.All(read[1..], count => Assert.True(count > rounds / 100, $"of {rounds} only {string.Join(' ', read)} were read"));
    }

    private static bool IsSoak => Environment.GetEnvironmentVariable("NETEMU_SOAK") == "1";

    private static byte[] Mutate(byte[][] seeds, RandomSource random)
    {
        byte[] bytes = [.. seeds[random.NextBelow(seeds.Length)]];
        for (int i = (int)random.NextBelow(4); i >= 0; i--)
        {
            // The marker stays most of the time, or nothing behind it would ever be read.
            int at = (int)(random.NextBelow(32) == 0 ? random.NextBelow(bytes.Length) : 16 + random.NextBelow(bytes.Length - 16));
            bytes[at] = (byte)random.NextUInt32();
        }

        if (random.NextBelow(4) != 0)
        {
            bytes[16] = (byte)(bytes.Length >> 8);
            bytes[17] = (byte)bytes.Length;
        }

        return bytes;
    }

    [Theory]
    [InlineData("AGGREGATOR of eight octets from a two-octet speaker is dropped", "C00708" + "0000FDEA0A000002", true)]
    [InlineData("AS4_PATH with an overrun segment is dropped", "C01106" + "0202" + "0000FDEB", true)]
    [InlineData("AS4_AGGREGATOR of six octets is dropped", "C01206" + "FDEA0A000002", true)]
    [InlineData("COMMUNITIES of three octets", "C00803" + "000100", false)]
    public void From_a_two_octet_speaker_malformed_attributes_cost_what_RFC_6793_and_7606_say(string what, string attribute, bool kept)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast));
        _lab.Run(1);

        peer.SendUpdate("", "40010100" + "400204" + "0201" + "FDEA" + "400304" + "0A000002" + attribute, "18C00002");
        _lab.Run(1);

        Assert.True(kept == r1.PathsOf(InternetPrefix.Parse("192.0.2.0/24")).Any(), what);
        Assert.Equal(BgpState.Established, r1.Neighbors.First().State);
    }

    /// <summary>Gives a speaker's established session bytes as they would come from a stream.</summary>
    private void Feed(byte[] bytes)
    {
        BgpSession session = Established();
        session.ReadMessages(bytes);
        if (!session.IsEstablished)
        {
            _session = null;
        }
    }

    private BgpSession? _session;

    private BgpSession Established()
    {
        if (_session is not null)
        {
            return _session;
        }

        // A reset session waits; a new pair of speakers is quicker than the wait.
        Laboratory lab = new();
        BgpSpeaker r1 = lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(
            Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true, IPv6Unicast = true, GracefulRestart = true }));
        r1.Start();
        ScriptedPeer peer = new(lab, 2, 1, ScriptedPeer.Open(
            65002, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.IPv6Unicast | BgpCapabilities.FourOctetAs
                | BgpCapabilities.RouteRefresh | BgpCapabilities.EnhancedRouteRefresh));
        lab.Run(1);
        Assert.False(peer.IsClosed);
        _labs.Add(lab);
        if (_labs.Count > 8)
        {
            CheckAndDrop();
        }

        return _session = r1.Neighbors.First();
    }

    private readonly List<Laboratory> _labs = [];

    private void CheckAndDrop()
    {
        foreach (Laboratory lab in _labs)
        {
            lab.Run(1);
            Assert.InRange(lab.Speakers[0].PathCount(AddressFamily.IPv4), 0, 100_000);
            lab.Speakers[0].Destroy();
            Assert.Equal(0, lab.Tables.Attributes.Count);
        }

        _labs.Clear();
    }

    private void AssertNothingIsLeft() => CheckAndDrop();

    private static string Message(string type, string body)
    {
        return ScriptedPeer.Marker + (BgpMessage.HeaderSize + (body.Length / 2)).ToString("X4") + type + body;
    }
}
