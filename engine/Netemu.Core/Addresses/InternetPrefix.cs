using System;
using System.Globalization;

namespace Netemu.Core.Addresses;

/// <summary>A prefix of either family, in canonical form.</summary>
public readonly record struct InternetPrefix : IComparable<InternetPrefix>
{
    public InternetPrefix(InternetAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, address.IsIPv4 ? 32u : 128u);
        Address = address.IsIPv4 ? address.IPv4.Mask(length) : address.IPv6.Mask(length);
        Length = (byte)length;
    }

    public InternetAddress Address { get; }

    public byte Length { get; }

    public AddressFamily Family => Address.Family;

    public bool IsIPv4 => Address.IsIPv4;

    public bool IsIPv6 => Address.IsIPv6;

    /// <summary>True if it is one address alone.</summary>
    public bool IsHost => Length == (IsIPv4 ? 32 : 128);

    /// <summary>The IPv4 prefix; meaningful only when <see cref="IsIPv4"/>.</summary>
    public Prefix<IPv4Address> IPv4 => new(Address.IPv4, Length);

    /// <summary>The IPv6 prefix; meaningful only when <see cref="IsIPv6"/>.</summary>
    public Prefix<IPv6Address> IPv6 => new(Address.IPv6, Length);

    public static implicit operator InternetPrefix(Prefix<IPv4Address> prefix) => new(prefix.Address, prefix.Length);

    public static implicit operator InternetPrefix(Prefix<IPv6Address> prefix) => new(prefix.Address, prefix.Length);

    /// <summary>The prefix of one address alone.</summary>
    public static InternetPrefix Host(InternetAddress address) => new(address, address.IsIPv4 ? 32 : 128);

    public static InternetPrefix Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out InternetPrefix prefix) ? prefix : throw new FormatException($"'{text}' is not a prefix");

    /// <summary>Parses "address/length", or an address alone as its host prefix.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out InternetPrefix prefix)
    {
        if (Prefix<IPv4Address>.TryParse(text, out Prefix<IPv4Address> v4))
        {
            prefix = v4;
            return true;
        }

        bool ok = Prefix<IPv6Address>.TryParse(text, out Prefix<IPv6Address> v6);
        prefix = ok ? v6 : default(InternetPrefix);
        return ok;
    }

    public bool Contains(InternetAddress address) =>
        address.Family == Family && (IsIPv4 ? IPv4.Contains(address.IPv4) : IPv6.Contains(address.IPv6));

    public bool Contains(InternetPrefix other) => other.Length >= Length && Contains(other.Address);

    public int CompareTo(InternetPrefix other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
