using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Packets in pieces (RFC 8200 section 4.5; net/ipv6/reassembly.c): 60 s, 4 MiB; any overlap throws all of a packet away
/// (RFC 5722), an exact duplicate only itself; the timeout is reported (3/1) if the first fragment has come.
/// </summary>
internal sealed class IPv6ReassemblyQueue(IPv6Stack stack)
{
    /// <summary>net.ipv6.ip6frag_time.</summary>
    private static readonly Duration Timeout = Duration.FromSeconds(60);

    /// <summary>net.ipv6.ip6frag_high_thresh.</summary>
    private const long MemoryLimit = 4 * 1024 * 1024;

    private readonly Dictionary<Key, Packet> _packets = [];
    private long _memory;

    public long HeldFrames { get; private set; }

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
        Key key = new(header.Source, destination, identification, destination.IsMulticast || destination.IsLinkLocal ? device.Index : 0);
        if (!_packets.TryGetValue(key, out Packet? packet))
        {
            if (_memory > MemoryLimit)
            {
                stack.Namespace.Drop(frame, DropReason.FragmentMemory);
                return null;
            }

            packet = new Packet(this, key);
            _packets.Add(key, packet);
            stack.Namespace.Node.Schedule(packet, stack.Namespace.Node.Now + Timeout);
        }

        return Insert(packet, frame, new Piece(frame, start, length, offset, nextOffset), last);
    }

    /// <summary>Ends every piece that waits.</summary>
    public void Clear()
    {
        foreach (Packet packet in _packets.Values)
        {
            stack.Namespace.Node.Cancel(packet);
            DropPieces(packet, DropReason.NodeDown);
        }

        _packets.Clear();
    }

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

    private Frame? Insert(Packet packet, Frame frame, Piece piece, bool last)
    {
        int index = packet.Pieces.FindIndex(p => p.Offset >= piece.Offset);
        index = index < 0 ? packet.Pieces.Count : index;
        if (index < packet.Pieces.Count && packet.Pieces[index].Offset == piece.Offset && packet.Pieces[index].Length == piece.Length)
        {
            stack.Namespace.Drop(frame, DropReason.FragmentOverlap);
            return null;
        }

        bool overlaps = (index > 0 && packet.Pieces[index - 1].End > piece.Offset)
            || (index < packet.Pieces.Count && packet.Pieces[index].Offset < piece.End);
        bool contradicts = (last && packet.TotalLength >= 0 && packet.TotalLength != piece.End)
            || (packet.TotalLength >= 0 && piece.End > packet.TotalLength)
            || (last && packet.Pieces.Count > 0 && packet.Pieces[^1].End > piece.End);
        if (overlaps || contradicts || piece.Length == 0)
        {
            stack.Namespace.Drop(frame, DropReason.FragmentOverlap);
            Abandon(packet, DropReason.FragmentOverlap);
            return null;
        }

        packet.Pieces.Insert(index, piece);
        packet.Received += piece.Length;
        packet.TotalLength = last ? piece.End : packet.TotalLength;
        _memory += frame.Length;
        HeldFrames++;
        return packet.TotalLength == packet.Received ? Assemble(packet) : null;
    }

    /// <summary>The headers up to the fragment header are those of the first fragment; that header itself goes.</summary>
    private Frame Assemble(Packet packet)
    {
        Piece first = packet.Pieces[0];
        int start = EthernetHeader.Size + first.HeaderOffset;
        Frame whole = stack.Namespace.Node.Emulation.Frames.Rent(start + packet.TotalLength);
        Span<byte> bytes = whole.Bytes;
        first.Frame.Bytes[..start].CopyTo(bytes);
        foreach (Piece piece in packet.Pieces)
        {
            piece.Frame.Bytes.Slice(EthernetHeader.Size + piece.HeaderOffset + IPv6Extensions.FragmentHeaderSize, piece.Length)
                .CopyTo(bytes[(start + piece.Offset)..]);
        }

        Span<byte> headers = bytes[EthernetHeader.Size..];
        headers[first.NextOffset] = first.Frame.Bytes[start];
        BinaryPrimitives.WriteUInt16BigEndian(headers[IPv6Header.PayloadLengthOffset..], (ushort)(headers.Length - IPv6Header.Size));
        whole.Type = first.Frame.Type;
        whole.Input = first.Frame.Input;
        whole.Mark = first.Frame.Mark;
        whole.Trace = first.Frame.Trace;
        stack.Namespace.Node.Cancel(packet);
        _packets.Remove(packet.Key);
        foreach (Piece piece in packet.Pieces)
        {
            Forget(piece);
            piece.Frame.Deliver();
        }

        return whole;
    }

    private void Expired(Packet packet)
    {
        if (packet.Pieces.Count > 0 && packet.Pieces[0].Offset == 0)
        {
            stack.Icmp.SendError(packet.Pieces[0].Frame, Icmpv6Type.TimeExceeded, Icmpv6Code.ReassemblyTimeExceeded, 0);
        }

        Abandon(packet, DropReason.FragmentTimeout);
    }

    private void Abandon(Packet packet, DropReason reason)
    {
        stack.Namespace.Node.Cancel(packet);
        _packets.Remove(packet.Key);
        DropPieces(packet, reason);
    }

    private void DropPieces(Packet packet, DropReason reason)
    {
        foreach (Piece piece in packet.Pieces)
        {
            Forget(piece);
            stack.Namespace.Drop(piece.Frame, reason);
        }

        packet.Pieces.Clear();
    }

    private void Forget(Piece piece)
    {
        _memory -= piece.Frame.Length;
        HeldFrames--;
    }

    private readonly record struct Key(IPv6Address Source, IPv6Address Destination, uint Identification, int Device)
    {
        public override int GetHashCode() => (int)(Source.StableHash() ^ (Destination.StableHash() * 31) ^ Identification);
    }

    private readonly record struct Piece(Frame Frame, int Offset, int Length, int HeaderOffset, int NextOffset)
    {
        public int End => Offset + Length;
    }

    private sealed class Packet(IPv6ReassemblyQueue queue, Key key) : TimerEntry
    {
        public Key Key { get; } = key;

        public List<Piece> Pieces { get; } = [];

        public int Received { get; set; }

        /// <summary>Known once the last fragment has come; -1 until then.</summary>
        public int TotalLength { get; set; } = -1;

        public override void Expire() => queue.Expired(this);
    }
}
