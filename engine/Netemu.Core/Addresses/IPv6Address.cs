using System;
using System.Buffers.Binary;
using System.Text;

namespace Netemu.Core.Addresses;

/// <summary>An IPv6 address as two halves in host order, most significant first.</summary>
public readonly record struct IPv6Address(ulong High, ulong Low) : IIPAddress<IPv6Address>
{
    public const int Size = 16;

    public static AddressFamily Family => AddressFamily.IPv6;

    public static int Bits => 128;

    public static ushort EtherType => 0x86DD;

    public static IPv6Address Any => default;

    public static IPv6Address Loopback => new(0, 1);

    /// <summary>ff02::1, all nodes on the link (RFC 4291 section 2.7.1).</summary>
    public static IPv6Address AllNodes => new(0xFF02UL << 48, 1);

    /// <summary>ff02::2, all routers on the link.</summary>
    public static IPv6Address AllRouters => new(0xFF02UL << 48, 2);

    /// <summary>ff02::16, all routers that speak version 2 of multicast listener discovery (RFC 3810 section 5.2.14).</summary>
    public static IPv6Address AllMldRouters => new(0xFF02UL << 48, 0x16);

    /// <summary>ff01::1, all nodes of the interface: this node.</summary>
    public static IPv6Address InterfaceLocalAllNodes => new(0xFF01UL << 48, 1);

    public bool IsUnspecified => (High | Low) == 0;

    public bool IsLoopback => High == 0 && Low == 1;

    public bool IsMulticast => High >> 56 == 0xFF;

    public bool IsLinkLocal => High >> 54 == 0x3FA;

    public bool IsIPv4Mapped => High == 0 && Low >> 32 == 0xFFFF;

    /// <summary>ff02::1:ff00:0/104, where targets are asked for (RFC 4291 section 2.7.1).</summary>
    public bool IsSolicitedNode => High == 0xFF02UL << 48 && Low >> 24 == 0x1FF;

    /// <summary>True if the address means nothing without a device: link-local, or a group of link or interface scope.</summary>
    public bool NeedsScope => IsLinkLocal || (IsMulticast && MulticastScope is 1 or 2);

    /// <summary>The scope field of a multicast address (RFC 4291 section 2.7).</summary>
    public int MulticastScope => (int)(High >> 48) & 0xF;

    public static bool operator <(IPv6Address left, IPv6Address right) => left.CompareTo(right) < 0;

    public static bool operator >(IPv6Address left, IPv6Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(IPv6Address left, IPv6Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IPv6Address left, IPv6Address right) => left.CompareTo(right) >= 0;

    public static IPv6Address Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>The link-local address of an interface identifier made from a MAC (RFC 4291 appendix A).</summary>
    public static IPv6Address LinkLocal(MacAddress mac) => LinkLocal(mac.ToEui64());

    /// <summary>The link-local address of an interface identifier.</summary>
    public static IPv6Address LinkLocal(ulong identifier) => new(0xFE80UL << 48, identifier);

    /// <summary>ff02::1:ffXX:XXXX of a target (RFC 4291 section 2.7.1).</summary>
    public static IPv6Address SolicitedNode(IPv6Address target) =>
        new(0xFF02UL << 48, 0x0000_0001_FF00_0000UL | (target.Low & 0xFF_FFFF));

    public static IPv6Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IPv6Address address) ? address : throw new FormatException($"'{text}' is not an IPv6 address");

    public static bool TryParse(ReadOnlySpan<char> text, out IPv6Address address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        groups.Clear();
        int count = 0;
        int gap = -1;
        int position = 0;
        if (text.StartsWith("::"))
        {
            gap = 0;
            position = 2;
        }

        while (position < text.Length)
        {
            if (count == 8)
            {
                return false;
            }

            int end = position;
            uint group = 0;
            while (end < text.Length && char.IsAsciiHexDigit(text[end]) && end - position < 5)
            {
                group = (group << 4) | (uint)HexValue(text[end++]);
            }

            if (end < text.Length && text[end] == '.')
            {
                if (count > 6 || !IPv4Address.TryParse(text[position..], out IPv4Address embedded))
                {
                    return false;
                }

                groups[count++] = (ushort)(embedded.Value >> 16);
                groups[count++] = (ushort)embedded.Value;
                position = text.Length;
                break;
            }

            if (end == position || end - position > 4)
            {
                return false;
            }

            groups[count++] = (ushort)group;
            position = end;
            if (position == text.Length)
            {
                break;
            }

            if (text[position++] != ':' || position == text.Length)
            {
                return false;
            }

            if (text[position] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                position++;
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        if (gap >= 0)
        {
            int tail = count - gap;
            groups.Slice(gap, tail).CopyTo(groups[(8 - tail)..]);
            groups[gap..(8 - tail)].Clear();
        }

        ulong high = 0;
        ulong low = 0;
        for (int i = 0; i < 4; i++)
        {
            high = (high << 16) | groups[i];
            low = (low << 16) | groups[i + 4];
        }

        address = new IPv6Address(high, low);
        return true;
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    public uint ExtractBits(int offset, int count)
    {
        if (offset >= 128)
        {
            return 0;
        }

        ulong window = offset switch
        {
            0 => High,
            < 64 => (High << offset) | (Low >> (64 - offset)),
            64 => Low,
            _ => Low << (offset - 64),
        };
        return (uint)(window >> (64 - count));
    }

    public IPv6Address Mask(int length) => length switch
    {
        0 => default,
        < 64 => new IPv6Address(High & (ulong.MaxValue << (64 - length)), 0),
        64 => new IPv6Address(High, 0),
        _ => new IPv6Address(High, Low & (ulong.MaxValue << (128 - length))),
    };

    public IPv6Address Last(int length) => length switch
    {
        0 => new IPv6Address(ulong.MaxValue, ulong.MaxValue),
        < 64 => new IPv6Address(High | (ulong.MaxValue >> length), ulong.MaxValue),
        64 => new IPv6Address(High, ulong.MaxValue),
        128 => this,
        _ => new IPv6Address(High, Low | (ulong.MaxValue >> (length - 64))),
    };

    public IPv6Address Add(long offset)
    {
        UInt128 sum = unchecked(new UInt128(High, Low) + (UInt128)(Int128)offset);
        return new IPv6Address((ulong)(sum >> 64), (ulong)sum);
    }

    public uint StableHash()
    {
        ulong mixed = (High * 0x9E3779B97F4A7C15UL) ^ ((Low ^ (High >> 32)) * 0xD6E8FEB86659FD93UL);
        return (uint)(mixed >> 32);
    }

    public int CompareTo(IPv6Address other)
    {
        int high = High.CompareTo(other.High);
        return high != 0 ? high : Low.CompareTo(other.Low);
    }

    /// <summary>The canonical text of RFC 5952.</summary>
    public override string ToString()
    {
        Span<ushort> groups = stackalloc ushort[8];
        for (int i = 0; i < 4; i++)
        {
            groups[i] = (ushort)(High >> (48 - (16 * i)));
            groups[i + 4] = (ushort)(Low >> (48 - (16 * i)));
        }

        if (IsIPv4Mapped)
        {
            return $"::ffff:{new IPv4Address((uint)Low)}";
        }

        // RFC 5952 section 4.2.3: the longest run of two or more zero groups, the first of equals.
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0)
            {
                run++;
            }

            if (run > bestLength)
            {
                bestStart = i;
                bestLength = run;
            }

            i += run;
        }

        StringBuilder text = new(39);
        for (int i = 0; i < 8; i++)
        {
            if (i == bestStart)
            {
                text.Append("::");
                i += bestLength - 1;
                continue;
            }

            if (i > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append($"{groups[i]:x}");
        }

        return text.ToString();
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
