using System;
using System.Globalization;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// An extended community (RFC 4360), as its eight octets: of a two-octet AS, an IPv4 address (RFC 4360 section 3) or a
/// four-octet AS (RFC 5668).
/// </summary>
public readonly record struct ExtendedCommunity(ulong Value) : IComparable<ExtendedCommunity>
{
    private const byte TwoOctetAs = 0;
    private const byte AddressSpecific = 1;
    private const byte FourOctetAs = 2;
    private const byte TypeMask = 0x3F;

    /// <summary>The subtype of a route target (RFC 4360 section 4).</summary>
    public const byte RouteTarget = 2;

    /// <summary>The subtype of a route's origin (RFC 4360 section 5).</summary>
    public const byte SiteOfOrigin = 3;

    public int CompareTo(ExtendedCommunity other) => Value.CompareTo(other.Value);

    /// <summary>Parses "AS:number" or "address:number" of a given subtype.</summary>
    public static bool TryParse(string text, byte subtype, out ExtendedCommunity community)
    {
        community = default;
        string[] parts = text.Split(':');
        if (parts.Length != 2 || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint local))
        {
            return false;
        }

        bool isAddress = IPv4Address.TryParse(parts[0], out IPv4Address address);
        if (!isAddress && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint small) && small <= ushort.MaxValue)
        {
            community = Of(TwoOctetAs, subtype, ((ulong)small << 32) | local);
            return true;
        }

        uint global = address.Value;
        if (local > ushort.MaxValue || (!isAddress && !uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out global)))
        {
            return false;
        }

        community = Of(isAddress ? AddressSpecific : FourOctetAs, subtype, ((ulong)global << 16) | local);
        return true;
    }

    /// <summary>ecommunity_str: "RT:65001:1", "SoO:10.0.0.1:2"; what is neither is shown as its eight octets.</summary>
    public override string ToString()
    {
        string? kind = (byte)(Value >> 48) switch
        {
            RouteTarget => "RT",
            SiteOfOrigin => "SoO",
            _ => null,
        };
        return (kind, (byte)(Value >> 56) & TypeMask) switch
        {
            (null, _) or (_, > FourOctetAs) => string.Create(CultureInfo.InvariantCulture, $"UNK:{Value >> 48:X4}:{Value & 0xFFFF_FFFF_FFFF:X12}"),
            (_, TwoOctetAs) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{(ushort)(Value >> 32)}:{(uint)Value}"),
            (_, AddressSpecific) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{new IPv4Address((uint)(Value >> 16))}:{(ushort)Value}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{kind}:{(uint)(Value >> 16)}:{(ushort)Value}"),
        };
    }

    private static ExtendedCommunity Of(byte type, byte subtype, ulong value) => new(((ulong)type << 56) | ((ulong)subtype << 48) | value);
}
