using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Fragments;
using Netemu.Engine.Frames;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Packets in pieces (RFC 8200 section 4.5; net/ipv6/reassembly.c): 60 s (net.ipv6.ip6frag_time), reported as 3/1; what is
/// wrong in a fragment is answered.
/// </summary>
internal sealed class IPv6ReassemblyQueue(IPv6Stack stack) : FragmentQueues<IPv6FragmentKey>(stack.Namespace, Duration.FromSeconds(60))
{
    /// <summary>
    /// Adds the fragment whose fragment header stands at <paramref name="offset"/>, announced at
    /// <paramref name="nextOffset"/>; the whole packet as one frame when it is complete, else null. Takes ownership.
    /// </summary>
    public Frame? Add(Frame frame, NetDevice device, int offset, int nextOffset)
    {
        Span<byte> bytes = frame.Bytes[EthernetHeader.Size..];
        IPv6Header header = new(bytes);
        ushort word = BinaryPrimitives.ReadUInt16BigEndian(bytes[(offset + 2)..]);
        bool last = (word & IPv6Extensions.MoreFragmentsFlag) == 0;
        int start = word & 0xFFF8;
        int length = header.PayloadLength - (offset + IPv6Extensions.FragmentHeaderSize - IPv6Header.Size);
        if (start == 0 && !HasWholeChain(bytes, offset))
        {
            // RFC 7112: the first fragment must hold the whole chain of headers.
            return Refuse(frame, Icmpv6Code.IncompleteHeaderChain, 0, DropReason.FragmentTooLong);
        }

        if (length < 0 || start + length > ushort.MaxValue)
        {
            return Refuse(frame, Icmpv6Code.ErroneousHeader, (uint)offset + 2, DropReason.FragmentTooLong);
        }

        if (!last && ((start + length) & 7) != 0)
        {
            return Refuse(frame, Icmpv6Code.ErroneousHeader, IPv6Header.PayloadLengthOffset, DropReason.FragmentTooLong);
        }

        uint identification = BinaryPrimitives.ReadUInt32BigEndian(bytes[(offset + 4)..]);
        IPv6Address destination = header.Destination;
        bool onLink = destination.IsMulticast || destination.IsLinkLocal;
        return Add(
            new IPv6FragmentKey(header.Source, destination, identification, onLink ? device.Index : 0),
            new FragmentPiece(frame, start, length, EthernetHeader.Size + offset + IPv6Extensions.FragmentHeaderSize, nextOffset),
            last);
    }

    /// <summary>The headers up to the fragment header are those of the first fragment; that header itself goes.</summary>
    protected override Frame Assemble(IReadOnlyList<FragmentPiece> pieces, int length)
    {
        FragmentPiece first = pieces[0];
        int start = first.Start - IPv6Extensions.FragmentHeaderSize;
        Frame whole = stack.Namespace.Node.Emulation.Frames.Rent(start + length);
        Span<byte> bytes = whole.Bytes;
        first.Frame.Bytes[..start].CopyTo(bytes);
        foreach (FragmentPiece piece in pieces)
        {
            piece.Frame.Bytes.Slice(piece.Start, piece.Length).CopyTo(bytes[(start + piece.Offset)..]);
        }

        Span<byte> headers = bytes[EthernetHeader.Size..];
        headers[first.NextHeader] = first.Frame.Bytes[start];
        BinaryPrimitives.WriteUInt16BigEndian(headers[IPv6Header.PayloadLengthOffset..], (ushort)(headers.Length - IPv6Header.Size));
        return whole;
    }

    protected override void ReportTimeout(Frame first) =>
        stack.Icmp.SendError(first, Icmpv6Type.TimeExceeded, Icmpv6Code.ReassemblyTimeExceeded, 0);

    /// <summary>True if the upper layer's header begins, with as much of it as it needs, in this fragment (ipv6frag_thdr_truncated).</summary>
    private static bool HasWholeChain(ReadOnlySpan<byte> bytes, int offset)
    {
        if (!IPv6Extensions.TryFindUpperLayer(
            bytes, (IPProtocol)bytes[offset], offset + IPv6Extensions.FragmentHeaderSize, out IPProtocol protocol, out int upper, out _))
        {
            return (IPProtocol)bytes[offset] == IPProtocol.NoNextHeader;
        }

        int needed = protocol switch
        {
            IPProtocol.Tcp => TcpHeader.MinimumSize,
            IPProtocol.Udp => UdpHeader.Size,
            IPProtocol.Icmpv6 => Icmpv6Header.Size,
            _ => 1,
        };
        return upper + needed <= bytes.Length;
    }

    private Frame? Refuse(Frame frame, byte code, uint pointer, DropReason reason)
    {
        stack.Icmp.SendError(frame, Icmpv6Type.ParameterProblem, code, pointer);
        stack.Namespace.Drop(frame, reason);
        return null;
    }
}
