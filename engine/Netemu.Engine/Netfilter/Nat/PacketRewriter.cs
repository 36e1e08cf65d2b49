using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;

namespace Netemu.Engine.Netfilter.Nat;

/// <summary>
/// Writes one side of a tuple into a packet (nf_nat_manip_pkt). Checksums are updated, not computed anew: what was wrong
/// stays wrong, what was right stays right.
/// </summary>
internal static class PacketRewriter
{
    /// <summary>Gives the frame's packet the source, or else the destination, of <paramref name="target"/>.</summary>
    public static void Rewrite(ref PacketView view, in ConnectionTuple target, bool source)
    {
        view.Frame.EnsureWritable();
        Rewrite(view.Packet, ref view, target, source);
    }

    /// <summary>
    /// Translates the packet that an ICMP error quotes, so that its sender recognises it, and brings the error's own
    /// checksum up to date. <paramref name="target"/> is the tuple as the sender knows it.
    /// </summary>
    public static void RewriteQuoted(ref PacketView view, in ConnectionTuple target, bool source)
    {
        view.Frame.EnsureWritable();
        Span<byte> message = view.Packet[view.TransportOffset..];
        Span<byte> quoted = message[IcmpHeader.Size..];
        PacketView inner = new(view.Space, view.Hook, view.Family, view.Frame, view.Input, view.Output);
        inner.ReadHeaders(quoted);
        Rewrite(quoted, ref inner, target, source);

        // The error covers what it quotes; bytes and the quoted checksums changed in many places: sum again.
        message[IcmpHeader.ChecksumOffset] = 0;
        message[IcmpHeader.ChecksumOffset + 1] = 0;
        uint pseudo = view.Family == AddressFamily.IPv4
            ? 0
            : TransportChecksum.PseudoHeader(view.Source, view.Destination, IPProtocol.Icmpv6, message.Length);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(message, pseudo));
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpHeader.ChecksumOffset..], checksum);
    }

    private static void Rewrite(Span<byte> packet, ref PacketView fields, in ConnectionTuple target, bool source)
    {
        bool v4 = fields.Family == AddressFamily.IPv4;
        int size = v4 ? IPv4Address.Size : IPv6Address.Size;
        int offset = v4
            ? (source ? IPv4Header.SourceOffset : IPv4Header.DestinationOffset)
            : (source ? IPv6Header.SourceOffset : IPv6Header.DestinationOffset);
        Span<byte> place = packet.Slice(offset, size);
        Span<byte> before = stackalloc byte[IPv6Address.Size];
        before = before[..size];
        place.CopyTo(before);
        (source ? target.Source : target.Destination).Write(place);
        if (v4)
        {
            Update(packet[IPv4Header.ChecksumOffset..], before, place);
        }

        if (!fields.IsLaterFragment && fields.TransportOffset < packet.Length)
        {
            RewriteTransport(packet[fields.TransportOffset..], fields.Protocol, target, source, before, place);
        }

        if (source)
        {
            fields.SourceHigh = target.SourceHigh;
            fields.SourceLow = target.SourceLow;
        }
        else
        {
            fields.DestinationHigh = target.DestinationHigh;
            fields.DestinationLow = target.DestinationLow;
        }
    }

    private static void RewriteTransport(
        Span<byte> segment,
        IPProtocol protocol,
        in ConnectionTuple target,
        bool source,
        ReadOnlySpan<byte> addressBefore,
        ReadOnlySpan<byte> addressAfter)
    {
        int portOffset = source ? 0 : 2;
        ushort port = source ? target.SourcePort : target.DestinationPort;
        int checksumOffset;
        switch (protocol)
        {
            case IPProtocol.Tcp:
                checksumOffset = TcpHeader.ChecksumOffset;
                break;
            case IPProtocol.Udp or IPProtocol.UdpLite:
                checksumOffset = UdpHeader.ChecksumOffset;
                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                // The identifier stands for both ports. Only ICMPv6 covers addresses.
                if (segment.Length < IcmpHeader.Size)
                {
                    return;
                }

                portOffset = IcmpHeader.RestOffset;
                port = target.SourcePort;
                checksumOffset = IcmpHeader.ChecksumOffset;
                break;
            default:
                return;
        }

        bool isQuery = protocol is not (IPProtocol.Icmp or IPProtocol.Icmpv6) || IcmpQueries.IsQuery(protocol, segment[0]);
        Span<byte> checksum = segment.Length >= checksumOffset + 2 ? segment[checksumOffset..] : [];
        bool zero = protocol == IPProtocol.Udp && checksum.Length > 0 && (checksum[0] | checksum[1]) == 0;
        Span<byte> place = segment.Slice(portOffset, 2);
        ushort old = BinaryPrimitives.ReadUInt16BigEndian(place);
        if (isQuery)
        {
            BinaryPrimitives.WriteUInt16BigEndian(place, port);
        }

        // A datagram without a checksum keeps none (RFC 768); a quoted segment may be cut before it.
        if (checksum.Length == 0 || zero)
        {
            return;
        }

        if (protocol != IPProtocol.Icmp)
        {
            Update(checksum, addressBefore, addressAfter);
        }

        if (isQuery)
        {
            ushort sum = BinaryPrimitives.ReadUInt16BigEndian(checksum);
            BinaryPrimitives.WriteUInt16BigEndian(checksum, InternetChecksum.Update(sum, old, port));
        }

        if (protocol == IPProtocol.Udp && (checksum[0] | checksum[1]) == 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(checksum, ushort.MaxValue);
        }
    }

    /// <summary>RFC 1624 for each word that has changed.</summary>
    private static void Update(Span<byte> checksum, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(checksum);
        for (int i = 0; i < before.Length; i += 4)
        {
            sum = InternetChecksum.Update(
                sum, BinaryPrimitives.ReadUInt32BigEndian(before[i..]), BinaryPrimitives.ReadUInt32BigEndian(after[i..]));
        }

        BinaryPrimitives.WriteUInt16BigEndian(checksum, sum);
    }
}
