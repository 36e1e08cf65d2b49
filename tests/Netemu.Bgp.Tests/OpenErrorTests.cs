using System;
using System.Linq;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Pipe;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 4271 section 6.2: what a session says to an OPEN that it can't accept, and what it does when it is told so.</summary>
public sealed class OpenErrorTests
{
    private const BgpCapabilities Offered = BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs;

    private readonly Laboratory _lab = new();

    [Theory]
    [InlineData(0, 1, "030206" + "0001")]
    [InlineData(0, 0, "")]
    [InlineData(30, 29, "030206" + "001D")]
    [InlineData(30, 0, "030206" + "0000")]
    [InlineData(30, 30, "")]
    public void A_hold_time_that_is_too_short_is_refused_and_quoted(int minimum, int offered, string expected)
    {
        // As bgpd 8.4.4 with "bgp minimum-holdtime 30", zero included.
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { MinimumHoldTime = (ushort)minimum });

        Assert.Equal(expected, Answer(r1, ScriptedPeer.Open(65002, 2, Offered) with { HoldTime = (ushort)offered }));
    }

    [Fact]
    public void A_neighbour_without_a_family_in_common_is_refused() =>
        Assert.Equal("030207", Answer(_lab.Add(1, 65001), ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv6Unicast | BgpCapabilities.FourOctetAs)));

    [Fact]
    public void An_identifier_of_zero_is_refused_and_quoted() =>
        Assert.Equal("030203" + "00000000", Answer(_lab.Add(1, 65001), ScriptedPeer.Open(65002, 2, Offered) with { Identifier = default }));

    [Fact]
    public void A_session_that_is_told_of_an_unsupported_version_tries_again()
    {
        // RFC 4271 section 8.2.2, event 24: no damping is asked for, and nobody else would start it.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Start();
        PipeTransport transport = _lab.Network.AddNode(Laboratory.AddressOf(2));
        transport.Connect(Laboratory.AddressOf(1), 179, StreamOptions.Default, new Greeter(Convert.FromHexString(ScriptedPeer.Marker + "001703" + "0201" + "0004")));
        _lab.Run(1);
        Assert.Equal(BgpState.Idle, r1.Neighbors.Single().State);

        _lab.Run(120);
        byte[] open = new byte[256];
        int length = ScriptedPeer.Open(65002, 2, Offered).Write(open);
        length += BgpMessage.WriteKeepalive(open.AsSpan(length));
        transport.Connect(Laboratory.AddressOf(1), 179, StreamOptions.Default, new Greeter(open[..length]));
        _lab.Run(1);

        Assert.Equal(BgpState.Established, r1.Neighbors.Single().State);
    }

    /// <summary>Says one thing when it is connected.</summary>
    private sealed class Greeter(byte[] greeting) : IByteStreamHandler
    {
        void IByteStreamHandler.OnConnected(IByteStream stream) => stream.Write(greeting);

        void IByteStreamHandler.OnReadable(IByteStream stream)
        {
        }

        void IByteStreamHandler.OnWritable(IByteStream stream)
        {
        }

        void IByteStreamHandler.OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }

    /// <summary>The NOTIFICATION that an OPEN gets, or "".</summary>
    private string Answer(BgpSpeaker speaker, OpenMessage open)
    {
        speaker.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        speaker.Start();
        ScriptedPeer peer = new(_lab, 2, 1, open);
        _lab.Run(1);
        return peer.Messages.Find(message => message.StartsWith("03", StringComparison.Ordinal)) ?? "";
    }
}
