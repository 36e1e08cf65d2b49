using System;
using System.Buffers.Binary;

namespace Netemu.Core.Addresses;

/// <summary>A 48-bit MAC address in the low bits of <paramref name="Value"/>, first octet most significant.</summary>
public readonly record struct MacAddress(ulong Value) : IComparable<MacAddress>
{
    public const int Size = 6;

    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    public bool IsZero => Value == 0;

    public bool IsBroadcast => Value == 0xFFFF_FFFF_FFFF;

    /// <summary>The group bit (IEEE 802): multicast, the broadcast address included.</summary>
    public bool IsMulticast => (Value & 0x0100_0000_0000) != 0;

    /// <summary>The locally administered bit.</summary>
    public bool IsLocal => (Value & 0x0200_0000_0000) != 0;

    /// <summary>01-80-C2-00-00-0X, the addresses that an 802.1D bridge reserves.</summary>
    public bool IsLinkLocalGroup => (Value & 0xFFFF_FFFF_FFF0) == 0x0180_C200_0000;

    public static bool operator <(MacAddress left, MacAddress right) => left.Value < right.Value;

    public static bool operator >(MacAddress left, MacAddress right) => left.Value > right.Value;

    public static bool operator <=(MacAddress left, MacAddress right) => left.Value <= right.Value;

    public static bool operator >=(MacAddress left, MacAddress right) => left.Value >= right.Value;

    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));

    /// <summary>The group address of an IPv4 multicast address (RFC 1112 section 6.4).</summary>
    public static MacAddress Multicast(IPv4Address group) => new(0x0100_5E00_0000UL | (group.Value & 0x7F_FFFF));

    /// <summary>The group address of an IPv6 multicast address (RFC 2464 section 7).</summary>
    public static MacAddress Multicast(IPv6Address group) => new(0x3333_0000_0000 | (group.Low & 0xFFFF_FFFF));

    public static MacAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out MacAddress mac) ? mac : throw new FormatException($"'{text}' is not a MAC address");

    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress mac)
    {
        mac = default;
        if (text.Length != 17)
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < 17; i++)
        {
            char c = text[i];
            if (i % 3 == 2)
            {
                if (c is not (':' or '-') || c != text[2])
                {
                    return false;
                }

                continue;
            }

            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }

            value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        mac = new MacAddress(value);
        return true;
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Value);
    }

    /// <summary>The modified EUI-64 interface identifier (RFC 4291 appendix A).</summary>
    public ulong ToEui64() =>
        ((Value & 0xFFFF_FF00_0000) << 16 | 0xFFFE00_0000UL | (Value & 0xFF_FFFF)) ^ (0x02UL << 56);

    public int CompareTo(MacAddress other) => Value.CompareTo(other.Value);

    public override string ToString() =>
        $"{(Value >> 40) & 255:x2}:{(Value >> 32) & 255:x2}:{(Value >> 24) & 255:x2}:{(Value >> 16) & 255:x2}:{(Value >> 8) & 255:x2}:{Value & 255:x2}";
}
