using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Fragments;
using Netemu.Engine.Frames;

namespace Netemu.Engine.IPv4;

/// <summary>Datagrams in pieces (net/ipv4/ip_fragment.c): 30 s (net.ipv4.ipfrag_time), reported as 11/1.</summary>
internal sealed class ReassemblyQueue(IPv4Stack stack) : FragmentQueues<FragmentKey>(stack.Namespace, Duration.FromSeconds(30))
{
    /// <summary>Adds a fragment; the whole datagram as one frame when it is complete, else null. Takes ownership.</summary>
    public Frame? Add(Frame frame)
    {
        IPv4Header header = new(frame.Bytes[IPv4Stack.NetworkOffset..]);
        int offset = header.FragmentOffset;
        int length = header.TotalLength - header.HeaderLength;
        bool last = !header.MoreFragments;
        if ((!last && (length & 7) != 0) || length == 0 || offset + length > ushort.MaxValue - header.HeaderLength)
        {
            stack.Namespace.Drop(frame, DropReason.FragmentTooLong);
            return null;
        }

        return Add(
            new FragmentKey(header.Source, header.Destination, header.Identification, header.Protocol),
            new FragmentPiece(frame, offset, length, IPv4Stack.NetworkOffset + header.HeaderLength),
            last);
    }

    protected override Frame Assemble(IReadOnlyList<FragmentPiece> pieces, int length)
    {
        int start = pieces[0].Start;
        Frame whole = stack.Namespace.Node.Emulation.Frames.Rent(start + length);
        Span<byte> bytes = whole.Bytes;
        pieces[0].Frame.Bytes[..start].CopyTo(bytes);
        foreach (FragmentPiece piece in pieces)
        {
            piece.Frame.Bytes.Slice(piece.Start, piece.Length).CopyTo(bytes[(start + piece.Offset)..]);
        }

        Span<byte> packet = bytes[IPv4Stack.NetworkOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.TotalLengthOffset..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.FlagsOffset..], 0);
        IPv4Header.WriteChecksum(packet[..(start - IPv4Stack.NetworkOffset)]);
        whole.Flags = FrameFlags.HeaderChecked;
        return whole;
    }

    protected override void ReportTimeout(Frame first) =>
        stack.Icmp.SendError(first, IcmpType.TimeExceeded, IcmpCode.ReassemblyTimeExceeded, 0);
}
