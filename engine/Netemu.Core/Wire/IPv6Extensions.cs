using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>
/// The chain of extension headers between the fixed IPv6 header and the upper layer (RFC 8200 section 4). All offsets count
/// from the start of the packet.
/// </summary>
public static class IPv6Extensions
{
    /// <summary>The length of a fragment header.</summary>
    public const int FragmentHeaderSize = 8;

    public const ushort MoreFragmentsFlag = 1;

    public const ushort FragmentOffsetMask = 0xFFF8;

    /// <summary>True for a header that another one may follow; "no next header" ends the chain.</summary>
    public static bool IsExtension(IPProtocol protocol) => protocol is IPProtocol.HopByHop or IPProtocol.Routing
        or IPProtocol.Fragment or IPProtocol.DestinationOptions or IPProtocol.Authentication or IPProtocol.NoNextHeader;

    /// <summary>
    /// Skips to the upper layer (ipv6_skip_exthdr). False if the chain is cut off or has no end. In a fragment other than
    /// the first, the walk ends at the fragment header. <paramref name="fragment"/> is that header's offset and flags; zero
    /// for what is no fragment.
    /// </summary>
    public static bool TryFindUpperLayer(
        ReadOnlySpan<byte> packet, out IPProtocol protocol, out int offset, out int fragment) =>
        TryFindUpperLayer(packet, (IPProtocol)packet[IPv6Header.NextHeaderOffset], IPv6Header.Size, out protocol, out offset, out fragment);

    /// <summary>The same from a header further on.</summary>
    public static bool TryFindUpperLayer(
        ReadOnlySpan<byte> packet,
        IPProtocol first,
        int start,
        out IPProtocol protocol,
        out int offset,
        out int fragment)
    {
        protocol = first;
        offset = start;
        fragment = 0;
        while (IsExtension(protocol))
        {
            if (protocol == IPProtocol.NoNextHeader || packet.Length < offset + 2)
            {
                return false;
            }

            int length = LengthOf(protocol, packet[offset + 1]);
            if (protocol == IPProtocol.Fragment)
            {
                if (packet.Length < offset + FragmentHeaderSize)
                {
                    return false;
                }

                fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) & (FragmentOffsetMask | MoreFragmentsFlag);
                if ((fragment & FragmentOffsetMask) != 0)
                {
                    return true;
                }
            }

            protocol = (IPProtocol)packet[offset];
            offset += length;
        }

        return offset <= packet.Length;
    }

    /// <summary>The length in bytes of an extension header whose length field is given.</summary>
    public static int LengthOf(IPProtocol protocol, byte lengthField) => protocol switch
    {
        IPProtocol.Fragment => FragmentHeaderSize,
        IPProtocol.Authentication => (lengthField + 2) << 2,
        _ => (lengthField + 1) << 3,
    };

    /// <summary>Writes a fragment header; <paramref name="offset"/> is in bytes and a multiple of eight.</summary>
    public static void WriteFragment(Span<byte> bytes, IPProtocol next, int offset, bool more, uint identification)
    {
        bytes[0] = (byte)next;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)(offset | (more ? MoreFragmentsFlag : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], identification);
    }
}
