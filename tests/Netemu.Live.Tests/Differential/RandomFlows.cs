using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Differential;

/// <summary>Well-formed first packets of flows for rules to look at: TCP, UDP and pings towards the router and the host behind it.</summary>
internal sealed class RandomFlows(long seed)
{
    private static readonly string[] Destinations = ["10.2.0.1", "10.2.0.1", "10.2.0.1", "10.1.0.254", "10.2.0.254"];
    private static readonly ushort[] Ports = [22, 53, 80, 443, 1001, 1003, 1005, 1008, 8080];
    private static readonly TcpFlags[] Flags = [TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst];

    private readonly RandomSource _random = new(seed, "differential/flows");
    private uint _packets;

    public IEnumerable<byte[]> Take(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return Next();
        }
    }

    private byte[] Next()
    {
        // A source of its own for each: no two packets are of one connection.
        IPv4Address source = new(0x0A80_0000 + (++_packets % 512));
        IPv4Address destination = IPv4Address.Parse(Destinations[_random.NextBelow((uint)Destinations.Length)]);
        ushort from = (ushort)(_random.NextChance(1, 4) ? Ports[_random.NextBelow((uint)Ports.Length)] : 20_000 + _packets);
        ushort to = Ports[_random.NextBelow((uint)Ports.Length)];
        byte[] data = new byte[_random.NextBelow(120)];
        byte[] payload;
        IPProtocol protocol;
        switch (_random.NextBelow(3))
        {
            case 0:
                protocol = IPProtocol.Tcp;
                payload = new byte[TcpHeader.MinimumSize];
                TcpFlags flags = Flags[_random.NextBelow((uint)Flags.Length)];
                TcpHeader.Write(
                    payload, from, to, 1000, (flags & TcpFlags.Ack) != 0 ? 1u : 0, TcpHeader.MinimumSize, flags, 1024,
                    InternetChecksum.PseudoHeader(source, destination, IPProtocol.Tcp, payload.Length));
                break;
            case 1:
                protocol = IPProtocol.Udp;
                payload = new byte[UdpHeader.Size + data.Length];
                UdpHeader.Write(payload, from, to, InternetChecksum.PseudoHeader(source, destination, IPProtocol.Udp, payload.Length));
                break;
            default:
                protocol = IPProtocol.Icmp;
                payload = new byte[IcmpHeader.Size + data.Length];
                IcmpHeader.Write(payload, IcmpType.EchoRequest, 0, (_packets << 16) | 1);
                break;
        }

        byte[] frame = new byte[EthernetHeader.Size + IPv4Header.MinimumSize + payload.Length];
        EthernetHeader.Write(frame, MacAddress.Parse("02:00:00:00:01:02"), MacAddress.Parse("02:00:00:00:01:01"), EtherType.IPv4);
        Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
        byte ttl = (byte)(_random.NextChance(1, 3) ? 3 + _random.NextBelow(60) : 64);
        IPv4Header.Write(packet, 0, packet.Length, (ushort)_packets, 0, ttl, protocol, source, destination);
        payload.CopyTo(packet[IPv4Header.MinimumSize..]);
        return frame;
    }
}
