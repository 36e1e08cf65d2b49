using System;
using System.Globalization;

namespace Netemu.Core.Addresses;

/// <summary>An address prefix in canonical form: no bit past <see cref="Length"/> is set.</summary>
public readonly record struct Prefix<TAddress> : IComparable<Prefix<TAddress>>
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>Masks <paramref name="address"/> to <paramref name="length"/> bits.</summary>
    public Prefix(TAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)TAddress.Bits);
        Address = address.Mask(length);
        Length = (byte)length;
    }

    public TAddress Address { get; }

    public byte Length { get; }

    /// <summary>0.0.0.0/0 or ::/0.</summary>
    public static Prefix<TAddress> Default => default;

    /// <summary>The prefix of one address only: /32 or /128.</summary>
    public static Prefix<TAddress> Host(TAddress address) => new(address, TAddress.Bits);

    public static Prefix<TAddress> Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Prefix<TAddress> prefix) ? prefix : throw new FormatException($"'{text}' is not a prefix");

    /// <summary>Parses "address/length", or an address alone as its host prefix. Host bits are cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Prefix<TAddress> prefix)
    {
        if (!InterfaceAddress<TAddress>.TryParse(text, out InterfaceAddress<TAddress> address))
        {
            prefix = default;
            return false;
        }

        prefix = address.Prefix;
        return true;
    }

    public bool Contains(TAddress address) => address.Mask(Length).Equals(Address);

    public bool Contains(Prefix<TAddress> other) => other.Length >= Length && Contains(other.Address);

    /// <summary>By address, then shorter first.</summary>
    public int CompareTo(Prefix<TAddress> other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
