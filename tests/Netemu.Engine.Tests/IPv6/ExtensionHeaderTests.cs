using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>Hop-by-hop and destination options, routing headers, unknown headers (RFC 8200 section 4, RFC 5095).</summary>
public sealed class ExtensionHeaderTests
{
    private const string A = "2001:db8::1";
    private const string B = "2001:db8::2";

    public static IEnumerable<TheoryDataRow> Options =>
    [
        new("1E020000", "129/0", DropReason.None, "00: skip it"),
        new("5E020000", "", DropReason.UnknownIPv6Option, "01: drop in silence"),
        new("9E020000", "4/2", DropReason.UnknownIPv6Option, "10: parameter problem"),
        new("DE020000", "4/2", DropReason.UnknownIPv6Option, "11: parameter problem, for it went to one node"),
        new("01020001", "", DropReason.MalformedIPv6, "padding with content"),
        new("1E060000", "", DropReason.MalformedIPv6, "an option longer than its header"),
        new("00000000", "129/0", DropReason.None, "four times a byte of padding"),
    ];

    [Fact]
    public void An_unknown_option_is_treated_by_its_highest_bits_in_either_header()
    {
        foreach (TheoryDataRow row in Options)
        {
            foreach (IPProtocol header in new[] { IPProtocol.HopByHop, IPProtocol.DestinationOptions })
            {
                using EmulatedNetwork network = new();
                (Node a, Node b, FrameRecorder frames) = Pair(network);
                byte[] payload = [(byte)IPProtocol.Icmpv6, 0, .. Convert.FromHexString(row.Option), 1, 0, .. IPv6Lab.Echo(A, B)];
                IPv6Lab.Inject(network, a.Device("eth0"), b.Device("eth0"), A, B, header, payload);
                network.RunSeconds(1);
                string[] answers = [.. frames.SentIcmp().Where(f => f.EndsWith($"> {A}", StringComparison.Ordinal)).Select(f => f.Split(' ')[0]).Where(f => f is not "135/0" and not "136/0")];
                Assert.Equal(row.Answer.Length == 0 ? [] : [row.Answer], answers);
                if (row.Reason != DropReason.None)
                {
                    Assert.Equal(1, b.Root.Drops(row.Reason));
                }

                if (row.Answer == "4/2")
                {
                    // The pointer is the option's offset.
                    Assert.Equal(42u, BitConverterBig(IPv6Lab.MessageOf(frames.Sent.Last(f => IPv6Lab.MessageOf(f)[0] == 4)).AsSpan(4)));
                }
            }
        }
    }

    [Fact]
    public void An_option_of_11_to_a_group_is_dropped_in_silence_and_one_of_10_is_not()
    {
        foreach ((string option, int answers) in new[] { ("DE020000", 0), ("9E020000", 1) })
        {
            using EmulatedNetwork network = new();
            (Node a, Node b, FrameRecorder frames) = Pair(network);
            byte[] payload = [(byte)IPProtocol.Icmpv6, 0, .. Convert.FromHexString(option), 1, 0, .. IPv6Lab.Echo(A, "ff02::1")];
            IPv6Lab.Inject(network, a.Device("eth0"), b.Device("eth0"), A, "ff02::1", IPProtocol.DestinationOptions, payload);
            network.RunSeconds(1);
            Assert.Equal(answers, frames.SentIcmp().Count(f => f.StartsWith("4/2", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Hop_by_hop_options_elsewhere_than_first_are_an_unknown_next_header()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b, FrameRecorder frames) = Pair(network);
        byte[] payload =
        [
            (byte)IPProtocol.HopByHop, 0, 1, 4, 0, 0, 0, 0,
            (byte)IPProtocol.Icmpv6, 0, 1, 4, 0, 0, 0, 0, .. IPv6Lab.Echo(A, B),
        ];
        IPv6Lab.Inject(network, a.Device("eth0"), b.Device("eth0"), A, B, IPProtocol.DestinationOptions, payload);
        network.RunSeconds(1);
        byte[] error = IPv6Lab.MessageOf(frames.Sent.Single(f => IPv6Lab.MessageOf(f)[0] == 4));
        Assert.Equal(1, error[1]);
        Assert.Equal(40u, BitConverterBig(error.AsSpan(4)));
    }

    [Fact]
    public void A_routing_header_that_is_used_up_is_skipped_and_another_one_refused()
    {
        foreach ((byte segments, string answer) in new[] { ((byte)0, "129/0"), ((byte)1, "4/0") })
        {
            using EmulatedNetwork network = new();
            (Node a, Node b, FrameRecorder frames) = Pair(network);
            byte[] payload = [(byte)IPProtocol.Icmpv6, 2, 0, segments, 0, 0, 0, 0, .. new byte[16], .. IPv6Lab.Echo(A, B)];
            IPv6Lab.Inject(network, a.Device("eth0"), b.Device("eth0"), A, B, IPProtocol.Routing, payload);
            network.RunSeconds(1);
            Assert.Contains(frames.SentIcmp(), f => f.StartsWith(answer, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_unknown_upper_layer_is_a_parameter_problem_at_the_field_that_names_it()
    {
        using EmulatedNetwork network = new();
        (Node a, Node b, FrameRecorder frames) = Pair(network);
        IPv6Lab.Inject(network, a.Device("eth0"), b.Device("eth0"), A, B, (IPProtocol)200, new byte[8]);
        network.RunSeconds(1);
        byte[] error = IPv6Lab.MessageOf(frames.Sent.Single(f => IPv6Lab.MessageOf(f)[0] == 4));
        Assert.Equal(1, error[1]);
        Assert.Equal(6u, BitConverterBig(error.AsSpan(4)));
    }

    private static uint BitConverterBig(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static (Node A, Node B, FrameRecorder Frames) Pair(EmulatedNetwork network)
    {
        Node a = network.Host("a");
        Node b = network.Host("b");
        network.Join(a, $"{A}/64", b, $"{B}/64");
        network.RunSeconds(3);
        return (a, b, new FrameRecorder(b.Device("eth0")));
    }

    /// <summary>An option in hex, what comes back, and the reason of the drop.</summary>
    public sealed record TheoryDataRow(string Option, string Answer, DropReason Reason, string Why);
}
