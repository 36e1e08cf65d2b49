using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>The value of MP_REACH_NLRI or MP_UNREACH_NLRI (RFC 4760 sections 3 and 4).</summary>
internal readonly ref struct MultiprotocolNlri
{
    private const byte Unicast = 1;
    private const int FamilySize = 3;

    private MultiprotocolNlri(ReadOnlySpan<byte> head, ReadOnlySpan<byte> nextHop, ReadOnlySpan<byte> nlri)
    {
        IsValid = true;
        Family = (AddressFamily)BinaryPrimitives.ReadUInt16BigEndian(head);
        IsUnicast = head[0] == 0 && Family is AddressFamily.IPv4 or AddressFamily.IPv6 && head[2] == Unicast;
        Nlri = nlri;
        NextHop = nextHop.Length switch
        {
            IPv4Address.Size => IPv4Address.Read(nextHop),
            IPv6Address.Size or 2 * IPv6Address.Size => Unmap(IPv6Address.Read(nextHop)),
            _ => default(InternetAddress),
        };
        LinkLocal = nextHop.Length == 2 * IPv6Address.Size ? IPv6Address.Read(nextHop[IPv6Address.Size..]) : default;
    }

    /// <summary>False if the lengths don't fit.</summary>
    public bool IsValid { get; }

    public AddressFamily Family { get; }

    /// <summary>True for IPv4 and IPv6 unicast.</summary>
    public bool IsUnicast { get; }

    public InternetAddress NextHop { get; }

    /// <summary>The second next hop of RFC 2545 section 3.</summary>
    public IPv6Address LinkLocal { get; }

    public ReadOnlySpan<byte> Nlri { get; }

    public static MultiprotocolNlri ReadUnreach(ReadOnlySpan<byte> value) =>
        value.Length < FamilySize ? default : new MultiprotocolNlri(value, default, value[FamilySize..]);

    public static MultiprotocolNlri ReadReach(ReadOnlySpan<byte> value)
    {
        // AFI, SAFI, next hop length, next hop, one reserved octet, NLRI.
        if (value.Length < FamilySize + 2)
        {
            return default;
        }

        int length = value[FamilySize];
        int nlri = FamilySize + 1 + length + 1;
        if (value.Length < nlri)
        {
            return default;
        }

        MultiprotocolNlri reach = new(value, value.Slice(FamilySize + 1, length), value[nlri..]);
        return reach.IsUnicast && !IsNextHopLengthValid(reach.Family, length) ? default : reach;
    }

    // RFC 2545 section 3; RFC 4760 for IPv4; RFC 8950 section 3 for IPv4 with an IPv6 next hop.
    private static bool IsNextHopLengthValid(AddressFamily family, int length) =>
        length is IPv6Address.Size or 2 * IPv6Address.Size
        || (family == AddressFamily.IPv4 && length == IPv4Address.Size);

    private static InternetAddress Unmap(IPv6Address address) =>
        address.IsIPv4Mapped ? new IPv4Address((uint)address.Low) : address;
}
