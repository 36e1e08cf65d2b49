using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Differential;

/// <summary>
/// Frames as a hostile or broken neighbour would send them to a router: valid ones, each with a chance of one lie. Every
/// packet has a source of its own (10.128.0.0/9), so that no two share a rate limit or a neighbour.
/// </summary>
internal sealed class RandomPackets(long seed)
{
    private static readonly string[] Destinations =
    [
        "10.1.0.254", "10.1.0.254", "10.2.0.254", "10.2.0.1", "10.2.0.1", "10.2.0.1", "10.1.0.255", "10.2.0.255",
        "255.255.255.255", "224.0.0.1", "224.0.0.5", "239.1.1.1", "127.0.0.1", "0.0.0.0", "0.0.0.5", "240.0.0.1",
        "10.99.0.1", "10.50.0.1", "10.51.0.1", "10.52.0.1", "10.1.0.0", "10.2.0.0",
    ];

    private static readonly string[] OddSources =
    [
        "127.0.0.1", "0.0.0.0", "0.0.0.5", "224.0.0.1", "255.255.255.255", "10.1.0.255", "10.2.0.255", "10.1.0.254",
        "10.2.0.1", "240.0.0.1", "10.1.0.0",
    ];

    private static readonly string[] OddMacs =
        ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00:00:00:99:99", "33:33:00:00:00:01"];

    private readonly RandomSource _random = new(seed, "differential/packets");
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
        IPv4Address source = new(0x0A80_0000 + ++_packets);
        if (_random.NextChance(1, 10))
        {
            source = IPv4Address.Parse(Pick(OddSources));
        }

        IPv4Address destination = IPv4Address.Parse(Pick(Destinations));
        byte[] options = Options();
        (IPProtocol protocol, byte[] payload) = Payload(source, destination);
        int headerLength = IPv4Header.MinimumSize + options.Length;
        byte[] frame = new byte[EthernetHeader.Size + headerLength + payload.Length + (int)(_random.NextChance(1, 5) ? _random.NextBelow(8) : 0)];
        MacAddress mac = MacAddress.Parse(_random.NextChance(1, 8) ? Pick(OddMacs) : "02:00:00:00:01:02");
        EthernetHeader.Write(frame, mac, MacAddress.Parse("02:00:00:00:01:01"), EtherType.IPv4);
        Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
        ushort flags = _random.NextChance(1, 3) ? IPv4Header.DontFragmentFlag : (ushort)0;
        byte ttl = (byte)(_random.NextChance(1, 4) ? _random.NextBelow(3) : 64);
        IPv4Header.Write(packet, 0, headerLength + payload.Length, (ushort)_packets, flags, ttl, protocol, source, destination);
        options.CopyTo(packet[IPv4Header.MinimumSize..]);
        payload.CopyTo(packet[headerLength..]);
        packet[0] = (byte)(0x40 | (headerLength / 4));
        IPv4Header.WriteChecksum(packet[..headerLength]);
        if (_random.NextChance(1, 6))
        {
            Lie(packet, headerLength);
        }

        return frame;
    }

    private byte[] Options() => _random.NextBelow(12) switch
    {
        // NOP and end of list; router alert (RFC 2113); a timestamp with room for none (RFC 791).
        0 => [1, 1, 1, 0],
        1 => [0x94, 4, 0, 0],
        _ => [],
    };

    private (IPProtocol Protocol, byte[] Payload) Payload(IPv4Address source, IPv4Address destination)
    {
        int size = (int)(_random.NextChance(1, 4) ? 900 + _random.NextBelow(400) : _random.NextBelow(100));
        switch (_random.NextBelow(8))
        {
            case 0 or 1 or 2:
                byte[] echo = new byte[IcmpHeader.Size + size];
                IcmpHeader.Write(echo, IcmpType.EchoRequest, 0, _packets);
                return (IPProtocol.Icmp, Damage(echo, 16));
            case 3:
                // A type that nobody defines, or one that nobody answers.
                byte[] odd = new byte[IcmpHeader.Size + size];
                IcmpHeader.Write(odd, (IcmpType)(_random.NextChance(1, 2) ? 99 : 10), 0, 0);
                return (IPProtocol.Icmp, odd);
            case 4:
                return ((IPProtocol)200, new byte[size]);
            default:
                byte[] datagram = new byte[UdpHeader.Size + size];
                uint pseudo = InternetChecksum.PseudoHeader(source, destination, IPProtocol.Udp, datagram.Length);
                UdpHeader.Write(datagram, 5555, (ushort)(20_000 + (_packets % 10_000)), pseudo);
                return (IPProtocol.Udp, Damage(datagram, 6));
        }
    }

    /// <summary>Changes one byte of a transport header, with a chance of one in <paramref name="odds"/>.</summary>
    private byte[] Damage(byte[] message, int odds)
    {
        if (_random.NextChance(1, odds))
        {
            message[4 + _random.NextBelow(4)] ^= (byte)(1 << (int)_random.NextBelow(8));
        }

        return message;
    }

    /// <summary>Changes one field of the IP header; its checksum is right again afterwards, or is the lie itself.</summary>
    private void Lie(Span<byte> packet, int headerLength)
    {
        switch (_random.NextBelow(6))
        {
            case 0:
                packet[0] = (byte)((packet[0] & 0xF) | ((int)_random.NextBelow(16) << 4));
                break;
            case 1:
                packet[0] = (byte)(0x40 | (int)_random.NextBelow(16));
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.TotalLengthOffset..], (ushort)_random.NextBelow(packet.Length + 40));
                break;
            case 3:
                packet[1] = (byte)_random.NextBelow(256);
                break;
            case 4:
                // The reserved bit of the flags.
                packet[IPv4Header.FlagsOffset] |= 0x80;
                break;
            default:
                packet[IPv4Header.ChecksumOffset] ^= 0x10;
                return;
        }

        IPv4Header.WriteChecksum(packet[..headerLength]);
    }

    private string Pick(string[] choices) => choices[_random.NextBelow(choices.Length)];
}
