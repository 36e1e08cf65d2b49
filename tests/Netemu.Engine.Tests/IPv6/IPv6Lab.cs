using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>Frames written by hand and read in words, for the tests of IPv6.</summary>
internal static class IPv6Lab
{
    /// <summary>Sends an IPv6 packet from a device, as a stranger on the link would.</summary>
    public static void Inject(
        EmulatedNetwork network,
        NetDevice from,
        NetDevice to,
        string source,
        string destination,
        IPProtocol next,
        ReadOnlySpan<byte> payload,
        byte hopLimit = 64)
    {
        IPv6Address target = IPv6Address.Parse(destination);
        byte[] frame = new byte[EthernetHeader.Size + IPv6Header.Size + payload.Length];
        MacAddress mac = target.IsMulticast ? MacAddress.Multicast(target) : to.Mac;
        EthernetHeader.Write(frame, mac, from.Mac, EtherType.IPv6);
        IPv6Header.Write(frame.AsSpan(EthernetHeader.Size), 0, 0, payload.Length, next, hopLimit, IPv6Address.Parse(source), target);
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size + IPv6Header.Size));
        network.Emulation.AtBarrier(network.Now, () => from.Transmit(network.Emulation.Frames.Rent(frame)));
    }

    /// <summary>An ICMPv6 message with its checksum; <paramref name="body"/> comes after the first eight bytes.</summary>
    public static byte[] Icmp(Icmpv6Type type, string source, string destination, uint rest = 0, ReadOnlySpan<byte> body = default, byte code = 0)
    {
        byte[] message = new byte[Icmpv6Header.Size + body.Length];
        body.CopyTo(message.AsSpan(Icmpv6Header.Size));
        Icmpv6Header.Write(message, type, code, rest, IPv6Address.Parse(source), IPv6Address.Parse(destination));
        return message;
    }

    public static byte[] Echo(string source, string destination, int size = 8) =>
        Icmp(Icmpv6Type.EchoRequest, source, destination, 0x7777_0001, new byte[size]);

    /// <summary>A fragment header and its part of a payload.</summary>
    public static byte[] Fragment(IPProtocol next, int offset, bool more, uint identification, ReadOnlySpan<byte> part)
    {
        byte[] bytes = new byte[IPv6Extensions.FragmentHeaderSize + part.Length];
        IPv6Extensions.WriteFragment(bytes, next, offset, more, identification);
        part.CopyTo(bytes.AsSpan(IPv6Extensions.FragmentHeaderSize));
        return bytes;
    }

    /// <summary>"TYPE/CODE SOURCE > DESTINATION" of each ICMPv6 packet a device sent, in order.</summary>
    public static IReadOnlyList<string> SentIcmp(this FrameRecorder recorder) => [.. recorder.Sent.Select(Describe).OfType<string>()];

    public static IReadOnlyList<string> ReceivedIcmp(this FrameRecorder recorder) => [.. recorder.Received.Select(Describe).OfType<string>()];

    /// <summary>The ICMPv6 message in a frame.</summary>
    public static byte[] MessageOf(RecordedFrame frame)
    {
        byte[] packet = frame.Bytes[EthernetHeader.Size..];
        Assert.True(IPv6Extensions.TryFindUpperLayer(packet, out _, out int offset, out _));
        return packet[offset..];
    }

    public static NetDevice Device(this Node node, string name) => node.Root.FindDevice(name)!;

    public static string LinkLocal(this Node node, string device) => IPv6Address.LinkLocal(node.Device(device).Mac).ToString();

    private static string? Describe(RecordedFrame frame)
    {
        if (EthernetHeader.TryParse(frame.Bytes, out EthernetHeader ethernet) != WireError.None || ethernet.Type != EtherType.IPv6
            || IPv6Header.TryParse(ethernet.Payload, out IPv6Header header) != WireError.None
            || !IPv6Extensions.TryFindUpperLayer(ethernet.Payload, out IPProtocol protocol, out int offset, out _)
            || protocol != IPProtocol.Icmpv6)
        {
            return null;
        }

        return $"{ethernet.Payload[offset]}/{ethernet.Payload[offset + 1]} {header.Source} > {header.Destination}";
    }
}
