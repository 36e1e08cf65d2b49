using System;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>
/// The options of a hop-by-hop or destination options header, checked as Linux does (net/ipv6/exthdrs.c, ip6_parse_tlv):
/// padding of at most seven zero bytes, at most eight options, and the action of an unknown option by its two highest bits.
/// </summary>
public static class IPv6Options
{
    /// <summary>Router alert (RFC 2711).</summary>
    public const byte RouterAlert = 5;

    private const byte Pad1 = 0;
    private const byte PadN = 1;
    private const byte Jumbo = 0xC2;
    private const int MostOptions = 8;
    private const int MostPadding = 7;

    /// <summary>
    /// Checks the options of the header at <paramref name="offset"/>; <paramref name="pointer"/> is the offset of the unknown
    /// option where the verdict asks for a parameter problem.
    /// </summary>
    public static IPv6OptionVerdict Check(ReadOnlySpan<byte> packet, int offset, bool hopByHop, IPv6Address destination, out int pointer)
    {
        pointer = 0;
        int end = offset + ((packet[offset + 1] + 1) << 3);
        int position = offset + 2;
        int padding = 0;
        int options = 0;
        while (position < end)
        {
            byte type = packet[position];
            if (type == Pad1)
            {
                if (++padding > MostPadding)
                {
                    return IPv6OptionVerdict.Malformed;
                }

                position++;
                continue;
            }

            if (position + 2 > end || position + packet[position + 1] + 2 > end)
            {
                return IPv6OptionVerdict.Malformed;
            }

            int length = packet[position + 1] + 2;
            if (type == PadN)
            {
                // RFC 4942 section 2.1.9.5: padding beyond the next multiple of eight, or with content, hides something.
                padding += length;
                if (padding > MostPadding || packet.Slice(position + 2, length - 2).ContainsAnyExcept((byte)0))
                {
                    return IPv6OptionVerdict.Malformed;
                }
            }
            else
            {
                padding = 0;
                if (++options > MostOptions)
                {
                    return IPv6OptionVerdict.Malformed;
                }

                IPv6OptionVerdict verdict = CheckOption(type, packet[position + 1], hopByHop, destination);
                if (verdict != IPv6OptionVerdict.Accept)
                {
                    pointer = position;
                    return verdict;
                }
            }

            position += length;
        }

        return IPv6OptionVerdict.Accept;
    }

    private static IPv6OptionVerdict CheckOption(byte type, byte length, bool hopByHop, IPv6Address destination)
    {
        if (hopByHop && type == RouterAlert)
        {
            return length == 2 ? IPv6OptionVerdict.Accept : IPv6OptionVerdict.Malformed;
        }

        // A jumbogram is longer than any frame here; its option without such a payload is malformed (RFC 2675).
        if (hopByHop && type == Jumbo)
        {
            return IPv6OptionVerdict.Malformed;
        }

        // RFC 8200 section 4.2: the action for an option that is not known.
        return (type >> 6) switch
        {
            0 => IPv6OptionVerdict.Accept,
            1 => IPv6OptionVerdict.Discard,
            2 => IPv6OptionVerdict.ParameterProblem,
            _ => destination.IsMulticast ? IPv6OptionVerdict.Discard : IPv6OptionVerdict.ParameterProblem,
        };
    }
}
