using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.IPv4;

/// <summary>
/// Datagrams in pieces (net/ipv4/ip_fragment.c): 30 s, 4 MiB; any overlap throws the whole datagram away, an exact
/// duplicate of a piece is dropped alone; the timeout is reported (11/1) only if the first fragment has come.
/// </summary>
internal sealed class ReassemblyQueue(IPv4Stack stack)
{
    /// <summary>net.ipv4.ipfrag_time.</summary>
    private static readonly Duration Timeout = Duration.FromSeconds(30);

    /// <summary>net.ipv4.ipfrag_high_thresh.</summary>
    private const long MemoryLimit = 4 * 1024 * 1024;

    private readonly Dictionary<Key, Datagram> _datagrams = [];
    private long _memory;

    public long HeldFrames { get; private set; }

    /// <summary>Adds a fragment; the whole datagram as one frame when it is complete, else null. Takes ownership.</summary>
    public Frame? Add(Frame frame, NetDevice device)
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

        Key key = new(header.Source, header.Destination, header.Identification, header.Protocol);
        if (!_datagrams.TryGetValue(key, out Datagram? datagram))
        {
            if (_memory > MemoryLimit)
            {
                stack.Namespace.Drop(frame, DropReason.FragmentMemory);
                return null;
            }

            datagram = new Datagram(this, key, device);
            _datagrams.Add(key, datagram);
            stack.Namespace.Node.Schedule(datagram, stack.Namespace.Node.Now + Timeout);
        }

        return Insert(datagram, frame, offset, length, last);
    }

    /// <summary>Ends every piece that waits.</summary>
    public void Clear()
    {
        foreach (Datagram datagram in _datagrams.Values)
        {
            stack.Namespace.Node.Cancel(datagram);
            DropPieces(datagram, DropReason.NodeDown);
        }

        _datagrams.Clear();
    }

    private Frame? Insert(Datagram datagram, Frame frame, int offset, int length, bool last)
    {
        int end = offset + length;
        int index = datagram.Pieces.FindIndex(p => p.Offset >= offset);
        index = index < 0 ? datagram.Pieces.Count : index;
        if (index < datagram.Pieces.Count && datagram.Pieces[index].Offset == offset && datagram.Pieces[index].Length == length)
        {
            stack.Namespace.Drop(frame, DropReason.FragmentOverlap);
            return null;
        }

        bool overlaps = (index > 0 && datagram.Pieces[index - 1].End > offset)
            || (index < datagram.Pieces.Count && datagram.Pieces[index].Offset < end);
        bool contradicts = (last && datagram.TotalLength >= 0 && datagram.TotalLength != end)
            || (datagram.TotalLength >= 0 && end > datagram.TotalLength)
            || (last && datagram.Pieces.Count > 0 && datagram.Pieces[^1].End > end);
        if (overlaps || contradicts)
        {
            stack.Namespace.Drop(frame, DropReason.FragmentOverlap);
            Abandon(datagram, DropReason.FragmentOverlap);
            return null;
        }

        datagram.Pieces.Insert(index, new Piece(frame, offset, length));
        datagram.Received += length;
        datagram.TotalLength = last ? end : datagram.TotalLength;
        _memory += frame.Length;
        HeldFrames++;
        return datagram.TotalLength == datagram.Received ? Assemble(datagram) : null;
    }

    private Frame Assemble(Datagram datagram)
    {
        Frame first = datagram.Pieces[0].Frame;
        int headerLength = new IPv4Header(first.Bytes[IPv4Stack.NetworkOffset..]).HeaderLength;
        int start = IPv4Stack.NetworkOffset + headerLength;
        Frame whole = stack.Namespace.Node.Emulation.Frames.Rent(start + datagram.TotalLength);
        Span<byte> bytes = whole.Bytes;
        first.Bytes[..start].CopyTo(bytes);
        foreach (Piece piece in datagram.Pieces)
        {
            int pieceHeader = new IPv4Header(piece.Frame.Bytes[IPv4Stack.NetworkOffset..]).HeaderLength;
            piece.Frame.Bytes.Slice(IPv4Stack.NetworkOffset + pieceHeader, piece.Length).CopyTo(bytes[(start + piece.Offset)..]);
        }

        Span<byte> packet = bytes[IPv4Stack.NetworkOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.TotalLengthOffset..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Header.FlagsOffset..], 0);
        IPv4Header.WriteChecksum(packet[..headerLength]);
        whole.Flags = FrameFlags.HeaderChecked;
        whole.Type = first.Type;
        whole.Input = first.Input;
        whole.Mark = first.Mark;
        whole.Trace = first.Trace;
        stack.Namespace.Node.Cancel(datagram);
        _datagrams.Remove(datagram.Key);
        foreach (Piece piece in datagram.Pieces)
        {
            Forget(piece);
            piece.Frame.Deliver();
        }

        return whole;
    }

    private void Expired(Datagram datagram)
    {
        Piece? first = datagram.Pieces.Count > 0 && datagram.Pieces[0].Offset == 0 ? datagram.Pieces[0] : null;
        if (first is { } piece)
        {
            stack.Icmp.SendError(piece.Frame, IcmpType.TimeExceeded, IcmpCode.ReassemblyTimeExceeded, 0);
        }

        Abandon(datagram, DropReason.FragmentTimeout);
    }

    private void Abandon(Datagram datagram, DropReason reason)
    {
        stack.Namespace.Node.Cancel(datagram);
        _datagrams.Remove(datagram.Key);
        DropPieces(datagram, reason);
    }

    private void DropPieces(Datagram datagram, DropReason reason)
    {
        foreach (Piece piece in datagram.Pieces)
        {
            Forget(piece);
            stack.Namespace.Drop(piece.Frame, reason);
        }

        datagram.Pieces.Clear();
    }

    private void Forget(Piece piece)
    {
        _memory -= piece.Frame.Length;
        HeldFrames--;
    }

    private readonly record struct Key(IPv4Address Source, IPv4Address Destination, ushort Identification, IPProtocol Protocol)
    {
        public override int GetHashCode() => (int)(Source.StableHash() ^ (Destination.StableHash() * 31) ^ Identification);
    }

    private readonly record struct Piece(Frame Frame, int Offset, int Length)
    {
        public int End => Offset + Length;
    }

    private sealed class Datagram(ReassemblyQueue queue, Key key, NetDevice device) : TimerEntry
    {
        public Key Key { get; } = key;

        public NetDevice Device { get; } = device;

        public List<Piece> Pieces { get; } = [];

        public int Received { get; set; }

        /// <summary>Known once the last fragment has come; -1 until then.</summary>
        public int TotalLength { get; set; } = -1;

        public override void Expire() => queue.Expired(this);
    }
}
