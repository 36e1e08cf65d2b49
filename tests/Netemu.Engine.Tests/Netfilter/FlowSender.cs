using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// One side of some dozens of flows of TCP, UDP and echo requests, without any stack behind it: bursts of packets, mostly such
/// as established flows have, some that begin, end or break them. Pauses are longer than the shortest time-outs.
/// </summary>
internal sealed class FlowSender(Node node, EthernetDevice device, FlowSender.Side side, AddressFamily family, RandomSource random) : TimerEntry
{
    private const int Flows = 24;

    public enum Side
    {
        Client,
        Server,
    }

    public override void Expire()
    {
        for (long i = 1 + random.NextBelow(24); i > 0; i--)
        {
            Send();
        }

        long pause = random.NextChance(1, 60) ? 1_000_000 + random.NextBelow(1_500_000) : 200 + random.NextBelow(20_000);
        node.Schedule(this, node.Now + Duration.FromMicroseconds(pause));
    }

    private void Send()
    {
        int flow = (int)random.NextBelow(Flows);
        IPProtocol protocol = (flow % 8) switch
        {
            < 3 => IPProtocol.Tcp,
            < 6 => IPProtocol.Udp,
            6 => family == AddressFamily.IPv4 ? IPProtocol.Icmp : IPProtocol.Icmpv6,
            _ => IPProtocol.UdpLite,
        };

        // The server answers from where it was asked, or from where the nat table may have sent the question.
        ushort client = (ushort)(40_000 + flow);
        ushort server = (ushort)(1000 + (flow % 5));
        bool translated = side == Side.Server && random.NextChance(1, 4);
        server = translated ? (ushort)1004 : server;
        bool toGateway = side == Side.Server && random.NextChance(1, 10);
        int length = (protocol == IPProtocol.Tcp ? TcpHeader.MinimumSize : UdpHeader.Size) + (int)random.NextBelow(200);
        byte ttl = random.NextChance(1, 40) ? (byte)(1 + random.NextBelow(3)) : (byte)64;
        int fate = (int)random.NextBelow(40);
        int headers = EthernetHeader.Size + (family == AddressFamily.IPv4 ? IPv4Header.MinimumSize : IPv6Header.Size);
        Frame frame = node.Emulation.Frames.Rent(headers + length);
        frame.Bytes.Clear();
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        uint pseudo;
        if (family == AddressFamily.IPv4)
        {
            IPv4Address far = new(toGateway ? 0x0A00_0101 : (uint)(0x1E00_0000 + flow));
            IPv4Address near = new((uint)(0x1400_0000 + (translated ? 4 : flow)));
            (IPv4Address source, IPv4Address destination) = side == Side.Client ? (far, near) : (near, far);
            ushort fragment = fate == 0 ? IPv4Header.MoreFragmentsFlag : fate < 20 ? IPv4Header.DontFragmentFlag : (ushort)0;
            IPv4Header.Write(packet, 0, packet.Length, (ushort)random.NextUInt32(), fragment, ttl, protocol, source, destination);
            EthernetHeader.Write(frame.Bytes, device.Link!.B.Mac, device.Mac, EtherType.IPv4);
            pseudo = protocol == IPProtocol.Icmp ? 0 : InternetChecksum.PseudoHeader(source, destination, protocol, length);
        }
        else
        {
            IPv6Address far = toGateway ? IPv6Address.Parse("fd00:1::1") : new IPv6Address(0x2001_0DB8_000C_0000, (ulong)flow);
            IPv6Address near = new(0x2001_0DB8_0005_0000, (ulong)(translated ? 4 : flow));
            (IPv6Address source, IPv6Address destination) = side == Side.Client ? (far, near) : (near, far);
            IPv6Header.Write(packet, 0, 0, length, protocol, ttl, source, destination);
            EthernetHeader.Write(frame.Bytes, device.Link!.B.Mac, device.Mac, EtherType.IPv6);
            pseudo = InternetChecksum.PseudoHeader(source, destination, protocol, length);
        }

        (ushort from, ushort to) = side == Side.Client ? (client, server) : (server, client);
        WriteTransport(packet, packet[(headers - EthernetHeader.Size)..], protocol, from, to, pseudo);
        frame.Flags |= FrameFlags.HeaderChecked;
        if (fate == 1)
        {
            frame.Bytes[^1] ^= 1;
        }
        else if (fate > 5)
        {
            frame.Flags |= FrameFlags.TransportChecked;
        }

        device.Transmit(frame);
    }

    private void WriteTransport(ReadOnlySpan<byte> packet, Span<byte> bytes, IPProtocol protocol, ushort from, ushort to, uint pseudo)
    {
        uint identifier = (uint)(side == Side.Client ? from : to) << 16;
        switch (protocol)
        {
            case IPProtocol.Tcp:
                TcpFlags flags = random.NextBelow(60) switch
                {
                    < 4 => side == Side.Client ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack,
                    4 => TcpFlags.Syn,
                    5 => TcpFlags.Fin | TcpFlags.Ack,
                    6 => TcpFlags.Rst,
                    7 => TcpFlags.None,
                    _ => TcpFlags.Ack,
                };
                TcpHeader.Write(bytes, from, to, random.NextUInt32(), 0, TcpHeader.MinimumSize, flags, 100, pseudo);
                break;
            case IPProtocol.Icmp:
                IcmpHeader.Write(bytes, side == Side.Client ? IcmpType.EchoRequest : IcmpType.EchoReply, 0, identifier);
                break;
            case IPProtocol.Icmpv6:
                Icmpv6Header.Write(
                    bytes,
                    side == Side.Client ? Icmpv6Type.EchoRequest : Icmpv6Type.EchoReply,
                    0,
                    identifier,
                    IPv6Address.Read(packet[IPv6Header.SourceOffset..]),
                    IPv6Address.Read(packet[IPv6Header.DestinationOffset..]));
                break;
            default:
                UdpHeader.Write(bytes, from, to, pseudo);
                break;
        }
    }
}
