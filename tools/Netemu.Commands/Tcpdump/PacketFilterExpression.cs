using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Commands.Tcpdump;

/// <summary>
/// The part of pcap-filter(7) that people type: protocols, host, net, port, portrange, ether host, with src and dst, joined by
/// and, or, not and parentheses.
/// </summary>
internal sealed class PacketFilterExpression
{
    private readonly List<string> _words;
    private int _position;
    private string? _error;

    private PacketFilterExpression(IEnumerable<string> words) =>
        _words = [.. string.Join(' ', words).Replace("(", " ( ").Replace(")", " ) ").Replace("!", " ! ")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    public delegate bool Condition(ReadOnlySpan<byte> frame);

    /// <summary>The condition; null with the word that is not understood.</summary>
    public static Condition? Parse(IReadOnlyList<string> words, out string error)
    {
        error = string.Empty;
        PacketFilterExpression parser = new(words);
        if (parser._words.Count == 0)
        {
            return static _ => true;
        }

        Condition condition = parser.Or();
        if (parser._error is null && parser._position < parser._words.Count)
        {
            parser.Fail(parser._words[parser._position]);
        }

        error = parser._error ?? string.Empty;
        return parser._error is null ? condition : null;
    }

    private Condition Or()
    {
        Condition left = And();
        while (Take("or") || Take("||"))
        {
            Condition first = left;
            Condition second = And();
            left = frame => first(frame) || second(frame);
        }

        return left;
    }

    private Condition And()
    {
        Condition left = Not();
        while (_position < _words.Count && _words[_position] is not (")" or "or" or "||") && _error is null)
        {
            // "and" may be left out between two primitives.
            _ = Take("and") || Take("&&");
            Condition first = left;
            Condition second = Not();
            left = frame => first(frame) && second(frame);
        }

        return left;
    }

    private Condition Not()
    {
        if (Take("not") || Take("!"))
        {
            Condition inner = Not();
            return frame => !inner(frame);
        }

        if (!Take("("))
        {
            return Primitive();
        }

        Condition group = Or();
        if (!Take(")"))
        {
            Fail("(");
        }

        return group;
    }

    private Condition Primitive()
    {
        Condition? protocol = null;
        string word = Next();
        if (Protocol(word) is { } known)
        {
            protocol = known;
            if (_position >= _words.Count || _words[_position] is not ("src" or "dst" or "host" or "net" or "port" or "portrange"))
            {
                return protocol;
            }

            word = Next();
        }

        bool ether = word == "ether";
        word = ether ? Next() : word;
        string direction = string.Empty;
        if (word is "src" or "dst")
        {
            direction = word;
            word = Next();
        }

        Condition? rest = word switch
        {
            "host" when ether => Ether(Next(), direction),
            "broadcast" => static frame => frame.Length >= 6 && MacAddress.Read(frame).Value == 0xFFFF_FFFF_FFFF,
            "multicast" => static frame => frame.Length >= 6 && (frame[0] & 1) != 0,
            "host" or "net" => Address(Next(), direction),
            "port" => Port(Next(), direction),
            "portrange" => Port(Next(), direction),
            "less" => Length(Next(), less: true),
            "greater" => Length(Next(), less: false),
            _ when InternetPrefix.TryParse(word, out _) => Address(word, direction),
            _ => null,
        };
        if (rest is null)
        {
            Fail(word);
            return static _ => false;
        }

        return protocol is null ? rest : frame => protocol(frame) && rest(frame);
    }

    private static Condition? Protocol(string word) => word switch
    {
        "ip" => static frame => TypeOf(frame) == EtherType.IPv4,
        "ip6" => static frame => TypeOf(frame) == EtherType.IPv6,
        "arp" => static frame => TypeOf(frame) == EtherType.Arp,
        "tcp" => static frame => Transport(frame, out _) == IPProtocol.Tcp,
        "udp" => static frame => Transport(frame, out _) == IPProtocol.Udp,
        "icmp" => static frame => TypeOf(frame) == EtherType.IPv4 && Transport(frame, out _) == IPProtocol.Icmp,
        "icmp6" => static frame => TypeOf(frame) == EtherType.IPv6 && Transport(frame, out _) == IPProtocol.Icmpv6,
        "vlan" => static frame => TypeOf(frame) == 0x8100,
        _ => null,
    };

    private static Condition? Ether(string text, string direction) => MacAddress.TryParse(text, out MacAddress mac)
        ? frame => frame.Length >= 12
            && ((direction != "src" && MacAddress.Read(frame) == mac) || (direction != "dst" && MacAddress.Read(frame[6..]) == mac))
        : null;

    private static Condition? Address(string text, string direction)
    {
        if (!InternetPrefix.TryParse(text, out InternetPrefix prefix))
        {
            return null;
        }

        return frame => Addresses(frame, out InternetAddress source, out InternetAddress destination)
            && ((direction != "dst" && prefix.Contains(source)) || (direction != "src" && prefix.Contains(destination)));
    }

    private static Condition? Port(string text, string direction)
    {
        string[] ends = text.Split('-');
        ushort[] ports = [.. ends.Select(e => ushort.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out ushort p) ? p : PortOf(e))];
        ushort first = ports[0];
        ushort last = ports[^1];
        if (first == 0 || last < first)
        {
            return null;
        }

        return frame =>
        {
            if (Transport(frame, out int offset) is not (IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.Sctp) || frame.Length < offset + 4)
            {
                return false;
            }

            ushort source = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
            ushort destination = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
            return (direction != "dst" && source >= first && source <= last)
                || (direction != "src" && destination >= first && destination <= last);
        };
    }

    private static ushort PortOf(string name)
    {
        for (int port = 1; port < 10_000; port++)
        {
            if (Applications.ServiceNames.Of(port, udp: false) == name || Applications.ServiceNames.Of(port, udp: true) == name)
            {
                return (ushort)port;
            }
        }

        return 0;
    }

    private static Condition? Length(string text, bool less) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            ? frame => less ? frame.Length <= length : frame.Length >= length
            : null;

    private static ushort TypeOf(ReadOnlySpan<byte> frame) =>
        frame.Length < EthernetHeader.Size ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]);

    /// <summary>The protocol of a first fragment and where its header begins; 255 for anything else.</summary>
    private static IPProtocol Transport(ReadOnlySpan<byte> frame, out int offset)
    {
        offset = EthernetHeader.Size;
        ReadOnlySpan<byte> packet = frame.Length > offset ? frame[offset..] : [];
        if (TypeOf(frame) == EtherType.IPv4 && packet.Length >= IPv4Header.MinimumSize)
        {
            offset += (packet[0] & 0xF) * 4;
            bool later = (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..]) & IPv4Header.FragmentOffsetMask) != 0;
            return later && (IPProtocol)packet[IPv4Header.ProtocolOffset] is IPProtocol.Tcp or IPProtocol.Udp
                ? (IPProtocol)255
                : (IPProtocol)packet[IPv4Header.ProtocolOffset];
        }

        if (TypeOf(frame) == EtherType.IPv6 && packet.Length >= IPv6Header.Size)
        {
            offset += IPv6Header.Size;
            return (IPProtocol)packet[IPv6Header.NextHeaderOffset];
        }

        return (IPProtocol)255;
    }

    private static bool Addresses(ReadOnlySpan<byte> frame, out InternetAddress source, out InternetAddress destination)
    {
        source = destination = default;
        ReadOnlySpan<byte> packet = frame.Length > EthernetHeader.Size ? frame[EthernetHeader.Size..] : [];
        switch (TypeOf(frame))
        {
            case EtherType.IPv4 when packet.Length >= IPv4Header.MinimumSize:
                source = IPv4Address.Read(packet[IPv4Header.SourceOffset..]);
                destination = IPv4Address.Read(packet[IPv4Header.DestinationOffset..]);
                return true;
            case EtherType.IPv6 when packet.Length >= IPv6Header.Size:
                source = IPv6Address.Read(packet[IPv6Header.SourceOffset..]);
                destination = IPv6Address.Read(packet[IPv6Header.DestinationOffset..]);
                return true;
            case EtherType.Arp when packet.Length >= 28:
                source = IPv4Address.Read(packet[14..]);
                destination = IPv4Address.Read(packet[24..]);
                return true;
            default:
                return false;
        }
    }

    private bool Take(string word)
    {
        bool found = _position < _words.Count && _words[_position] == word;
        _position += found ? 1 : 0;
        return found;
    }

    private string Next()
    {
        if (_position < _words.Count)
        {
            return _words[_position++];
        }

        Fail("end of the expression");
        return string.Empty;
    }

    private void Fail(string word) => _error ??= word;
}
