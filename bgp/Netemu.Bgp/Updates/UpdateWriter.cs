using System;
using System.Buffers.Binary;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Updates;

/// <summary>Encodes UPDATE messages (RFC 4271 section 4.3, RFC 4760 sections 3 and 4).</summary>
internal static class UpdateWriter
{
    /// <summary>The longest NLRI tuple: path identifier, length, 16 octets.</summary>
    public const int LongestNlri = 4 + 1 + 16;

    private const byte Unicast = 1;

    /// <summary>End-of-RIB (RFC 4724 section 2): an empty UPDATE, or one with an empty MP_UNREACH_NLRI.</summary>
    public static int WriteEndOfRib(Span<byte> destination, AddressFamily family)
    {
        WireWriter writer = new(destination);
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Update);
        writer.WriteUInt16(0);
        if (family == AddressFamily.IPv4)
        {
            writer.WriteUInt16(0);
        }
        else
        {
            writer.WriteUInt16(6);
            writer.Write([(byte)AttributeFlags.Optional, (byte)AttributeType.MpUnreachNlri, 3]);
            writer.Write([0, (byte)family, Unicast]);
        }

        BgpMessage.End(ref writer, start);
        return writer.Position;
    }

    /// <summary>Starts an UPDATE that withdraws; the NLRI follow, then <see cref="EndWithdrawal"/>.</summary>
    /// <returns>Where the message's length fields are.</returns>
    public static Frame BeginWithdrawal(ref WireWriter writer, AddressFamily family)
    {
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Update);
        if (family == AddressFamily.IPv4)
        {
            int withdrawn = writer.Reserve(2);
            return new Frame(start, withdrawn, 0);
        }

        writer.WriteUInt16(0);
        int attributes = writer.Reserve(2);
        writer.Write([(byte)(AttributeFlags.Optional | AttributeFlags.ExtendedLength), (byte)AttributeType.MpUnreachNlri]);
        int unreach = writer.Reserve(2);
        writer.Write([0, (byte)family, Unicast]);
        return new Frame(start, attributes, unreach);
    }

    public static void EndWithdrawal(ref WireWriter writer, Frame frame)
    {
        if (frame.Inner == 0)
        {
            writer.PatchUInt16(frame.Outer, writer.Position - frame.Outer - 2);
            writer.WriteUInt16(0);
        }
        else
        {
            writer.PatchUInt16(frame.Inner, writer.Position - frame.Inner - 2);
            writer.PatchUInt16(frame.Outer, writer.Position - frame.Outer - 2);
        }

        BgpMessage.End(ref writer, frame.Start);
    }

    /// <summary>Starts an UPDATE that announces; the NLRI follow, then <see cref="EndAnnouncement"/>.</summary>
    public static Frame BeginAnnouncement(
        ref WireWriter writer, AddressFamily family, PathAttributes set, bool fourOctetAs)
    {
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Update);
        writer.WriteUInt16(0);
        int attributes = writer.Reserve(2);
        int position = set.NextHopPosition;
        if (family == AddressFamily.IPv4 && set.NextHop.IsIPv4)
        {
            WriteHead(ref writer, set, fourOctetAs);
            AttributeWriter.Write(
                ref writer, AttributeType.NextHop, AttributeFlags.Transitive, ToBytes(set.NextHop.IPv4));
            WriteTail(ref writer, set.Bytes[position..], set, fourOctetAs);
            writer.PatchUInt16(attributes, writer.Position - attributes - 2);
            return new Frame(start, attributes, 0);
        }

        // RFC 7606 section 5.1: MP_REACH_NLRI comes first. Its NLRI come last in it, so everything else is written
        // after
        // them, in EndAnnouncement.
        writer.Write([(byte)(AttributeFlags.Optional | AttributeFlags.ExtendedLength), (byte)AttributeType.MpReachNlri]);
        int reach = writer.Reserve(2);
        writer.Write([0, (byte)family, Unicast]);
        WriteMpNextHop(ref writer, set);
        writer.WriteByte(0);
        return new Frame(start, attributes, reach);
    }

    public static void EndAnnouncement(ref WireWriter writer, Frame frame, PathAttributes set, bool fourOctetAs)
    {
        if (frame.Inner != 0)
        {
            writer.PatchUInt16(frame.Inner, writer.Position - frame.Inner - 2);
            WriteHead(ref writer, set, fourOctetAs);
            WriteTail(ref writer, set.Bytes[set.NextHopPosition..], set, fourOctetAs);
            writer.PatchUInt16(frame.Outer, writer.Position - frame.Outer - 2);
        }

        BgpMessage.End(ref writer, frame.Start);
    }

    /// <summary>How many octets all but the NLRI take at most.</summary>
    public static int OverheadOf(PathAttributes set, bool fourOctetAs) =>
        64 + set.Bytes.Length + (fourOctetAs ? 0 : set.AsPath.Bytes.Length + 16);

    /// <summary>Writes one NLRI tuple.</summary>
    public static void WriteNlri(ref WireWriter writer, PrefixTable prefixes, int prefix, bool addPath, uint pathId)
    {
        if (addPath)
        {
            writer.WriteUInt32(pathId);
        }

        Span<byte> tuple = stackalloc byte[17];
        int length = prefixes.WriteNlri(prefix, tuple);
        writer.Write(tuple[..length]);
    }

    // RFC 2545 section 3: the global next hop, and the link-local one where it helps.
    private static void WriteMpNextHop(ref WireWriter writer, PathAttributes set)
    {
        Span<byte> address = stackalloc byte[IPv6Address.Size];
        IPv6Address global = set.NextHop.IsIPv4
            ? new IPv6Address(0, 0xFFFF_0000_0000UL | set.NextHop.IPv4.Value)
            : set.NextHop.IPv6;
        bool both = !set.LinkLocalNextHop.IsUnspecified;
        writer.WriteByte((byte)(both ? 2 * IPv6Address.Size : IPv6Address.Size));
        global.Write(address);
        writer.Write(address);
        if (both)
        {
            set.LinkLocalNextHop.Write(address);
            writer.Write(address);
        }
    }

    private static void WriteHead(ref WireWriter writer, PathAttributes set, bool fourOctetAs)
    {
        if (fourOctetAs)
        {
            writer.Write(set.Bytes[..set.NextHopPosition]);
            return;
        }

        AttributeWriter.Write(ref writer, AttributeType.Origin, AttributeFlags.Transitive, [(byte)set.Origin]);
        byte[] narrow = new byte[set.AsPath.Bytes.Length];
        TwoOctetAsPath.Narrow(set.AsPath, narrow, out int length);
        AttributeWriter.Write(ref writer, AttributeType.AsPath, AttributeFlags.Transitive, narrow.AsSpan(0, length));
    }

    // RFC 6793 section 4.2.2: to a two-octet speaker AS4_PATH and AS4_AGGREGATOR carry what does not fit.
    private static void WriteTail(ref WireWriter writer, ReadOnlySpan<byte> tail, PathAttributes set, bool fourOctetAs)
    {
        if (fourOctetAs)
        {
            writer.Write(tail);
            return;
        }

        const AttributeFlags optionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;
        Span<byte> narrow = stackalloc byte[6];
        ReadOnlySpan<byte> wideAggregator = default;
        AttributeEnumerator attributes = new(tail);
        while (attributes.MoveNext())
        {
            if (attributes.Type != AttributeType.Aggregator)
            {
                AttributeWriter.Write(
                    ref writer, attributes.Type, attributes.Flags & ~AttributeFlags.ExtendedLength, attributes.Value);
                continue;
            }

            uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(attributes.Value);
            bool fits = asNumber <= ushort.MaxValue;
            BinaryPrimitives.WriteUInt16BigEndian(narrow, fits ? (ushort)asNumber : OpenMessage.AsTrans);
            attributes.Value[4..].CopyTo(narrow[2..]);
            AttributeWriter.Write(ref writer, AttributeType.Aggregator, optionalTransitive, narrow);
            wideAggregator = fits ? default : attributes.Value;
        }

        byte[] scratch = new byte[set.AsPath.Bytes.Length];
        ReadOnlySpan<byte> as4Path = TwoOctetAsPath.WithoutConfederation(set.AsPath.Bytes);
        if (TwoOctetAsPath.Narrow(new AsPath(as4Path), scratch, out _))
        {
            AttributeWriter.Write(ref writer, AttributeType.As4Path, optionalTransitive, as4Path);
        }

        AttributeWriter.WriteIfPresent(ref writer, AttributeType.As4Aggregator, optionalTransitive, wideAggregator);
    }

    private static ReadOnlySpan<byte> ToBytes(IPv4Address address) =>
        new byte[] { (byte)(address.Value >> 24), (byte)(address.Value >> 16), (byte)(address.Value >> 8), (byte)address.Value };

    /// <summary>Where a message's length fields are: of the message, of a part, of an attribute inside it.</summary>
    internal readonly record struct Frame(int Start, int Outer, int Inner);
}
