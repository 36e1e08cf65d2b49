using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>Splitting a datagram, or a fragment of one, for a smaller MTU (RFC 791 section 2.3; ip_do_fragment).</summary>
public sealed partial class IPv4Stack
{
    /// <summary>
    /// Sends a frame in pieces that a bridge had put together for netfilter, each with the frame's Ethernet header
    /// (br_nf_dev_queue_xmit). Takes ownership.
    /// </summary>
    internal void FragmentBridged(Frame frame, NetDevice port) => Fragment(frame, port, null, default, port.Mtu, bridged: true);

    /// <summary>Sends a packet in pieces, to a next hop or, without one, to all of a group on the device. Takes ownership.</summary>
    private void Fragment(
        Frame frame, NetDevice device, NextHop<IPv4Address>? hop, IPv4Address destination, int mtu, bool bridged = false)
    {
        ReadOnlySpan<byte> packet = frame.Bytes[NetworkOffset..];
        IPv4Header header = new(frame.Bytes[NetworkOffset..]);
        int headerLength = header.HeaderLength;
        int payloadLength = packet.Length - headerLength;
        int step = (mtu - headerLength) & ~7;
        if (step < 8)
        {
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return;
        }

        int baseOffset = header.FragmentOffset;
        bool moreAfter = header.MoreFragments;
        FramePool pool = Namespace.Node.Emulation.Frames;
        for (int offset = 0; offset < payloadLength; offset += step)
        {
            int size = Math.Min(step, payloadLength - offset);
            bool more = moreAfter || offset + size < payloadLength;

            Frame piece = pool.Rent(NetworkOffset + headerLength + size);
            frame.Bytes[..NetworkOffset].CopyTo(piece.Bytes);
            Span<byte> bytes = piece.Bytes[NetworkOffset..];
            packet[..headerLength].CopyTo(bytes);
            packet.Slice(headerLength + offset, size).CopyTo(bytes[headerLength..]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[IPv4Header.TotalLengthOffset..], (ushort)(headerLength + size));
            ushort flags = (ushort)(((baseOffset + offset) / 8) | (more ? IPv4Header.MoreFragmentsFlag : 0));
            BinaryPrimitives.WriteUInt16BigEndian(bytes[IPv4Header.FlagsOffset..], flags);
            if (offset > 0 && baseOffset == 0)
            {
                // A later fragment that is split again has been through this already.
                IPv4Options.BlankUncopied(bytes[IPv4Header.MinimumSize..headerLength]);
            }

            IPv4Header.WriteChecksum(bytes[..headerLength]);
            piece.Flags = FrameFlags.HeaderChecked | (frame.Flags & FrameFlags.LocallyGenerated);
            piece.Mark = frame.Mark;
            piece.Input = frame.Input;
            piece.Trace = frame.Trace?.Branch();
            if (bridged)
            {
                device.Transmit(piece);
            }
            else if (hop is null)
            {
                SendToGroup(piece, device, destination);
            }
            else
            {
                SendTo(piece, hop, destination);
            }
        }

        // The datagram lives on in its fragments.
        frame.Deliver();
    }
}
