using System;

namespace Netemu.Core.Addresses;

/// <summary>An address of either family, for what does not care which: peers, probes, command arguments.</summary>
public readonly record struct InternetAddress : IComparable<InternetAddress>
{
    private readonly IPv6Address _bits;

    public InternetAddress(IPv4Address address)
    {
        Family = AddressFamily.IPv4;
        _bits = new IPv6Address(0, address.Value);
    }

    public InternetAddress(IPv6Address address)
    {
        Family = AddressFamily.IPv6;
        _bits = address;
    }

    /// <summary>The family; 0 for the default value, which is no address.</summary>
    public AddressFamily Family { get; }

    public bool IsNone => Family == 0;

    public bool IsIPv4 => Family == AddressFamily.IPv4;

    public bool IsIPv6 => Family == AddressFamily.IPv6;

    /// <summary>The IPv4 value; meaningful only when <see cref="IsIPv4"/>.</summary>
    public IPv4Address IPv4 => new((uint)_bits.Low);

    /// <summary>The IPv6 value; meaningful only when <see cref="IsIPv6"/>.</summary>
    public IPv6Address IPv6 => _bits;

    public bool IsUnspecified => _bits.IsUnspecified;

    public static implicit operator InternetAddress(IPv4Address address) => new(address);

    public static implicit operator InternetAddress(IPv6Address address) => new(address);

    /// <summary>One multiplication a half: tables by address are asked for each connection and message.</summary>
    public override int GetHashCode() =>
        (int)(((_bits.Low * 0x9E3779B97F4A7C15UL) ^ (_bits.High * 0xC2B2AE3D27D4EB4FUL) ^ ((ulong)Family << 32)) >> 32);

    public static InternetAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out InternetAddress address) ? address : throw new FormatException($"'{text}' is not an IP address");

    public static bool TryParse(ReadOnlySpan<char> text, out InternetAddress address)
    {
        if (IPv4Address.TryParse(text, out IPv4Address v4))
        {
            address = v4;
            return true;
        }

        bool ok = IPv6Address.TryParse(text, out IPv6Address v6);
        address = ok ? v6 : default(InternetAddress);
        return ok;
    }

    /// <summary>The address as <typeparamref name="TAddress"/>; false if it is of the other family.</summary>
    public bool TryGet<TAddress>(out TAddress address)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (Family != TAddress.Family)
        {
            address = default;
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        address = TAddress.Read(bytes);
        return true;
    }

    /// <summary>Wraps an address of a generic family.</summary>
    public static InternetAddress From<TAddress>(TAddress address)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        return TAddress.Family == AddressFamily.IPv4 ? IPv4Address.Read(bytes) : IPv6Address.Read(bytes);
    }

    /// <summary>Writes 4 or 16 bytes in network order and says how many.</summary>
    public int Write(Span<byte> bytes)
    {
        if (IsIPv4)
        {
            IPv4.Write(bytes);
            return IPv4Address.Size;
        }

        _bits.Write(bytes);
        return IPv6Address.Size;
    }

    /// <summary>IPv4 before IPv6, then by value.</summary>
    public int CompareTo(InternetAddress other)
    {
        int byFamily = Family.CompareTo(other.Family);
        return byFamily != 0 ? byFamily : _bits.CompareTo(other._bits);
    }

    public override string ToString() => Family switch
    {
        AddressFamily.IPv4 => IPv4.ToString(),
        AddressFamily.IPv6 => _bits.ToString(),
        _ => "none",
    };
}
