using System;
using System.Buffers.Binary;

namespace Netemu.Core.Addresses;

/// <summary>An IPv4 address; <paramref name="Value"/> is in host order, so that comparing values compares addresses.</summary>
public readonly record struct IPv4Address(uint Value) : IIPAddress<IPv4Address>, ISpanFormattable
{
    public const int Size = 4;

    public IPv4Address(byte a, byte b, byte c, byte d)
        : this(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d)
    {
    }

    public static AddressFamily Family => AddressFamily.IPv4;

    public static int Bits => 32;

    public static ushort EtherType => 0x0800;

    public static IPv4Address Any => default;

    public static IPv4Address Broadcast => new(uint.MaxValue);

    public static IPv4Address Loopback => new(127, 0, 0, 1);

    public bool IsUnspecified => Value == 0;

    public bool IsLoopback => Value >> 24 == 127;

    public bool IsMulticast => Value >> 28 == 0xE;

    public bool IsLinkLocal => Value >> 16 == 0xA9FE;

    public bool IsBroadcast => Value == uint.MaxValue;

    /// <summary>0.0.0.0/8, "this network" (RFC 6890).</summary>
    public bool IsZeroNet => Value >> 24 == 0;

    /// <summary>240.0.0.0/4, reserved (RFC 6890), the limited broadcast address included.</summary>
    public bool IsReserved => Value >> 28 == 0xF;

    public static bool operator <(IPv4Address left, IPv4Address right) => left.Value < right.Value;

    public static bool operator >(IPv4Address left, IPv4Address right) => left.Value > right.Value;

    public static bool operator <=(IPv4Address left, IPv4Address right) => left.Value <= right.Value;

    public static bool operator >=(IPv4Address left, IPv4Address right) => left.Value >= right.Value;

    public static IPv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    public static IPv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IPv4Address address) ? address : throw new FormatException($"'{text}' is not an IPv4 address");

    public static bool TryParse(ReadOnlySpan<char> text, out IPv4Address address)
    {
        address = default;
        uint value = 0;
        int position = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (position >= text.Length || text[position++] != '.'))
            {
                return false;
            }

            int start = position;
            uint octet = 0;
            while (position < text.Length && char.IsAsciiDigit(text[position]) && position - start < 3)
            {
                octet = (octet * 10) + (uint)(text[position++] - '0');
            }

            if (position == start || octet > 255 || (position - start > 1 && text[start] == '0'))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        if (position != text.Length)
        {
            return false;
        }

        address = new IPv4Address(value);
        return true;
    }

    /// <summary>The mask of a prefix length: /24 gives 255.255.255.0.</summary>
    public static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    public uint ExtractBits(int offset, int count) =>
        offset >= 32 ? 0 : (uint)(((ulong)Value << (32 + offset)) >> (64 - count));

    public IPv4Address Mask(int length) => new(Value & MaskOf(length));

    public IPv4Address Last(int length) => new(Value | ~MaskOf(length));

    public IPv4Address Add(long offset) => new(unchecked(Value + (uint)offset));

    public uint StableHash()
    {
        ulong mixed = Value * 0x9E3779B97F4A7C15UL;
        return (uint)(mixed >> 32);
    }

    public int CompareTo(IPv4Address other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(null, stackalloc char[16], $"{this}");

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}", out charsWritten);
}
