using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>
/// What a machine writes into the options of a packet that it sends, gets, passes on or answers: record route and timestamp (RFC 791
/// section 3.1), as Linux does (net/ipv4/ip_options.c). The options have been checked (<see cref="IPv4Options.FindError"/>).
/// </summary>
public static class IPv4OptionRecorder
{
    /// <summary>The longest list of options: a header has at most fifteen words.</summary>
    public const int MaximumSize = 40;

    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte RecordRoute = 7;
    private const byte Timestamp = 68;

    /// <summary>The flags of a timestamp option: with addresses, and of given addresses only.</summary>
    private const int WithAddress = 1;
    private const int Prespecified = 3;

    /// <summary>
    /// Writes the machine's address and time (milliseconds since midnight) where the options have room for them (ip_options_compile
    /// with a packet, ip_options_build); where they have none, a timestamp counts that.
    /// </summary>
    /// <param name="options">The header's bytes behind the first twenty.</param>
    /// <param name="own">The address that a recorded route gets.</param>
    /// <param name="stamp">The address that stands with a timestamp: Linux puts the one of the way out into the route alone.</param>
    /// <param name="time">The time to write.</param>
    /// <param name="isOwn">Whether an address that a timestamp asks for is the machine's.</param>
    public static void Record(Span<byte> options, IPv4Address own, IPv4Address stamp, uint time, Func<IPv4Address, bool> isOwn)
    {
        while (TryNext(ref options, out Span<byte> option))
        {
            int place = option[2] - 1;
            if (option[0] == RecordRoute && place < option.Length)
            {
                own.Write(option[place..]);
                option[2] += 4;
            }
            else if (option[0] == Timestamp)
            {
                Stamp(option, stamp, time, isOwn);
            }
        }
    }

    /// <summary>
    /// The options of an answer (ip_options_echo): record route and timestamp of the packet that is answered, with what the answering
    /// machine adds as sender. Returns their length, a multiple of four.
    /// </summary>
    public static int Echo(Span<byte> options, Span<byte> answer, IPv4Address own, uint time, Func<IPv4Address, bool> isOwn)
    {
        int length = 0;
        while (TryNext(ref options, out Span<byte> option))
        {
            if (option[0] is not (RecordRoute or Timestamp))
            {
                continue;
            }

            Span<byte> copy = answer.Slice(length, option.Length);
            option.CopyTo(copy);
            length += option.Length;
            int place = copy[2] - 1;
            if (place >= copy.Length)
            {
                // Full: an answer does not count what its sender had no room for.
                continue;
            }

            if (copy[0] == RecordRoute)
            {
                own.Write(copy[place..]);
                copy[2] += 4;
            }
            else
            {
                Stamp(copy, own, time, isOwn);
            }
        }

        while (length % 4 != 0)
        {
            answer[length++] = EndOfList;
        }

        return length;
    }

    private static void Stamp(Span<byte> option, IPv4Address own, uint time, Func<IPv4Address, bool> isOwn)
    {
        int place = option[2] - 1;
        int flag = option[3] & 0xF;
        if (place >= option.Length)
        {
            option[3] += flag == Prespecified ? (byte)0 : (byte)0x10;
            return;
        }

        if (flag == Prespecified && !isOwn(IPv4Address.Read(option[place..])))
        {
            return;
        }

        int at = place;
        if (flag is WithAddress or Prespecified)
        {
            own = flag == WithAddress ? own : IPv4Address.Read(option[place..]);
            own.Write(option[place..]);
            at += 4;
        }

        BinaryPrimitives.WriteUInt32BigEndian(option[at..], time);
        option[2] = (byte)(at + 5);
    }

    /// <summary>The next option that has a length, and what stands behind it.</summary>
    private static bool TryNext(ref Span<byte> options, out Span<byte> option)
    {
        while (options.Length > 0 && options[0] == NoOperation)
        {
            options = options[1..];
        }

        option = default;
        if (options.Length < 3 || options[0] == EndOfList || options[1] < 3 || options[1] > options.Length)
        {
            return false;
        }

        option = options[..options[1]];
        options = options[options[1]..];
        return true;
    }
}
