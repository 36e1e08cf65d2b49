using System;

namespace Netemu.Core.Addresses;

/// <summary>
/// What a table that is generic over the address family needs of an address. Implementations are value types of
/// <see cref="Bits"/> bits in network bit order: bit 0 is the most significant one.
/// </summary>
public interface IIPAddress<TSelf> : IEquatable<TSelf>, IComparable<TSelf>
    where TSelf : struct, IIPAddress<TSelf>
{
    /// <summary>The address family, as a constant of the type.</summary>
    static abstract AddressFamily Family { get; }

    /// <summary>The width in bits: 32 or 128.</summary>
    static abstract int Bits { get; }

    /// <summary>The EtherType that carries this family (0x0800 or 0x86DD).</summary>
    static abstract ushort EtherType { get; }

    /// <summary>The unspecified address (0.0.0.0 or ::).</summary>
    static abstract TSelf Any { get; }

    bool IsUnspecified { get; }

    bool IsLoopback { get; }

    bool IsMulticast { get; }

    bool IsLinkLocal { get; }

    /// <summary>Reads an address in network byte order; the span must hold at least <see cref="Bits"/> / 8 bytes.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> bytes);

    /// <summary>Parses the textual form (RFC 6943 strict dotted quad, or RFC 4291 section 2.2).</summary>
    static abstract bool TryParse(ReadOnlySpan<char> text, out TSelf address);

    /// <summary>Writes the address in network byte order.</summary>
    void Write(Span<byte> bytes);

    /// <summary>The <paramref name="count"/> (1 to 32) bits from <paramref name="offset"/>; bits past the end are zero.</summary>
    uint ExtractBits(int offset, int count);

    /// <summary>The address with every bit past <paramref name="length"/> cleared.</summary>
    TSelf Mask(int length);

    /// <summary>The address with every bit past <paramref name="length"/> set: the last of its prefix.</summary>
    TSelf Last(int length);

    /// <summary>The address <paramref name="offset"/> further on, modulo the width.</summary>
    TSelf Add(long offset);

    /// <summary>A hash that is the same in every process; may decide the layout of a table, never an order.</summary>
    uint StableHash();
}
