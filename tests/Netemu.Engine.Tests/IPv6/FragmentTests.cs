using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>Fragments and path MTU (RFC 8200 section 4.5, RFC 5722, RFC 6946, RFC 7112, RFC 8201).</summary>
public sealed class FragmentTests
{
    private const string A = "2001:db8::1";
    private const string B = "2001:db8::2";

    [Fact]
    public void A_ping_of_more_than_the_mtu_goes_in_fragments_and_comes_back()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        PingRecorder ping = new(a);
        Assert.Equal(Errno.EMSGSIZE, ping.Send(B, new PingOptions { Size = 3000, Discovery = PathMtuDiscovery.Do }));
        Assert.Equal(Errno.None, ping.Send(B, new PingOptions { Size = 3000 }));
        network.RunSeconds(1);
        Assert.Equal([$"reply {B} ttl=64"], ping.Answers);

        // 1500 - 40 - 8 = 1452, down to a multiple of eight.
        RecordedFrame[] fragments = [.. frames.Received.Where(f => f.Bytes[20] == (byte)IPProtocol.Fragment)];
        Assert.Equal([14 + 40 + 8 + 1448, 14 + 40 + 8 + 1448, 14 + 40 + 8 + 112], fragments.Select(f => f.Bytes.Length));
        Assert.Equal(["3A000001", "3A0005A9", "3A000B50"], fragments.Select(f => Convert.ToHexString(f.Bytes.AsSpan(54, 4))));
    }

    [Fact]
    public void A_router_never_fragments_and_its_packet_too_big_teaches_the_sender()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        Node router = network.Router("r");
        Node b = network.Host("b");
        network.Join(a, "2001:db8:1::2/64", router, "2001:db8:1::1/64");
        network.Join(router, "2001:db8:2::1/64", b, "2001:db8:2::2/64", mtu: 1400);
        EmulatedNetwork.Route(a, "default", "2001:db8:1::1");
        EmulatedNetwork.Route(b, "default", "2001:db8:2::1");
        network.RunSeconds(3);
        PingRecorder ping = new(a);
        PingOptions whole = new() { Size = 1452, Discovery = PathMtuDiscovery.Do };
        Assert.Equal(Errno.None, ping.Send("2001:db8:2::2", whole));
        network.RunSeconds(1);
        Assert.Equal(["2/0 from 2001:db8:1::1 info=1400"], ping.Answers);
        Assert.Equal(Errno.EMSGSIZE, ping.Send("2001:db8:2::2", whole));
        Assert.Equal(Errno.None, ping.Send("2001:db8:2::2", whole with { Discovery = PathMtuDiscovery.Want }));
        network.RunSeconds(1);
        Assert.Equal("reply 2001:db8:2::2 ttl=63", ping.Answers[^1]);

        // Ten minutes later the path is taken to be as wide as ever.
        network.RunSeconds(601);
        Assert.Equal(Errno.None, ping.Send("2001:db8:2::2", whole));
        network.RunSeconds(1);
        Assert.Equal("2/0 from 2001:db8:1::1 info=1400", ping.Answers[^1]);
    }

    [Fact]
    public void A_path_mtu_below_the_minimum_is_not_believed()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        byte[] quoted = new byte[48];
        IPv6Header.Write(quoted, 0, 0, 8, IPProtocol.Icmpv6, 64, IPv6Address.Parse(A), IPv6Address.Parse(B));
        quoted[40] = 128;
        byte[] error = IPv6Lab.Icmp(Icmpv6Type.PacketTooBig, B, A, 1279, quoted);
        IPv6Lab.Inject(network, b.Device("eth0"), a.Device("eth0"), B, A, IPProtocol.Icmpv6, error);
        network.RunSeconds(1);
        Assert.Equal(0, a.Root.IPv6.Exceptions.PathMtu(IPv6Address.Parse(B)));
    }

    [Fact]
    public void Fragments_in_any_order_make_one_packet_and_an_exact_duplicate_does_no_harm()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        byte[] echo = IPv6Lab.Echo(A, B, 40);
        Send(network, a, b, echo, 32, 48, more: false);
        Send(network, a, b, echo, 0, 16, more: true);
        Send(network, a, b, echo, 0, 16, more: true);
        Send(network, a, b, echo, 16, 32, more: true);
        network.RunSeconds(1);
        Assert.Contains(frames.SentIcmp(), f => f == $"129/0 {B} > {A}");
    }

    [Fact]
    public void Any_overlap_discards_all_fragments_of_the_packet()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        byte[] echo = IPv6Lab.Echo(A, B, 40);
        Send(network, a, b, echo, 0, 24, more: true);
        Send(network, a, b, echo, 16, 32, more: true);
        Send(network, a, b, echo, 24, 48, more: false);
        network.RunSeconds(70);
        Assert.DoesNotContain(frames.SentIcmp(), f => f.StartsWith("129/0", StringComparison.Ordinal));
        Assert.Equal(2, b.Root.Drops(DropReason.FragmentOverlap));
        Assert.Equal(1, b.Root.Drops(DropReason.FragmentTimeout));
    }

    [Fact]
    public void A_packet_that_stays_incomplete_is_reported_only_if_its_first_fragment_came()
    {
        foreach (bool first in new[] { true, false })
        {
            using EmulatedNetwork network = new();
            (Node a, Node b) = Pair(network);
            FrameRecorder frames = new(b.Device("eth0"));
            byte[] echo = IPv6Lab.Echo(A, B, 40);
            Send(network, a, b, echo, first ? 0 : 16, first ? 16 : 32, more: true);
            network.RunSeconds(61);
            Assert.Equal(first ? 1 : 0, frames.SentIcmp().Count(f => f.StartsWith("3/1", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_fragment_of_a_length_that_is_no_multiple_of_eight_is_a_parameter_problem()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        Send(network, a, b, IPv6Lab.Echo(A, B, 40), 0, 13, more: true);
        network.RunSeconds(1);
        byte[] error = IPv6Lab.MessageOf(frames.Sent.Single(f => IPv6Lab.MessageOf(f)[0] == 4));
        Assert.Equal("04000000" + "00000004", Convert.ToHexString(error.AsSpan(0, 2)) + "0000" + Convert.ToHexString(error.AsSpan(4, 4)));
    }

    [Fact]
    public void A_first_fragment_without_the_upper_layer_s_header_is_refused()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        byte[] options = [(byte)IPProtocol.Icmpv6, 0, 1, 4, 0, 0, 0, 0];
        IPv6Lab.Inject(
            network, a.Device("eth0"), b.Device("eth0"), A, B, IPProtocol.Fragment,
            IPv6Lab.Fragment(IPProtocol.DestinationOptions, 0, more: true, 7, options));
        network.RunSeconds(1);
        Assert.Contains(frames.SentIcmp(), f => f.StartsWith("4/3", StringComparison.Ordinal));
    }

    [Fact]
    public void An_atomic_fragment_is_whole_at_once_even_while_others_of_its_identification_wait()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b) = Pair(network);
        FrameRecorder frames = new(b.Device("eth0"));
        byte[] echo = IPv6Lab.Echo(A, B, 40);
        Send(network, a, b, echo, 0, 16, more: true);
        IPv6Lab.Inject(
            network, a.Device("eth0"), b.Device("eth0"), A, B, IPProtocol.Fragment,
            IPv6Lab.Fragment(IPProtocol.Icmpv6, 0, more: false, 7, echo));
        network.RunSeconds(1);
        Assert.Contains(frames.SentIcmp(), f => f == $"129/0 {B} > {A}");
    }

    private static void Send(EmulatedNetwork network, Node a, Node b, byte[] payload, int start, int end, bool more) =>
        IPv6Lab.Inject(
            network, a.Device("eth0"), b.Device("eth0"), A, B, IPProtocol.Fragment,
            IPv6Lab.Fragment(IPProtocol.Icmpv6, start, more, 7, payload.AsSpan(start, end - start)));

    private static (Node A, Node B) Pair(EmulatedNetwork network)
    {
        Node a = network.Host("a");
        Node b = network.Host("b");
        network.Join(a, $"{A}/64", b, $"{B}/64");
        network.RunSeconds(3);
        return (a, b);
    }
}
