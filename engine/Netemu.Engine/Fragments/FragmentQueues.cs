using System;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Fragments;

/// <summary>
/// Packets in pieces, for both families (net/ipv4/inet_fragment.c): 4 MiB at most; any overlap throws all of a packet away
/// (RFC 5722, and Linux for IPv4 too), an exact duplicate of a piece only itself; what is not complete in time ends, and its
/// first piece, if that has come, is reported. The subclass knows headers: what a key is, and how pieces become a packet.
/// </summary>
internal abstract class FragmentQueues<TKey>(NetworkNamespace space, Duration timeout)
    where TKey : struct, IEquatable<TKey>
{
    /// <summary>net.ipv4.ipfrag_high_thresh, net.ipv6.ip6frag_high_thresh.</summary>
    private const long MemoryLimit = 4 * 1024 * 1024;

    private readonly Dictionary<TKey, Packet> _packets = [];
    private long _memory;

    public long HeldFrames { get; private set; }

    /// <summary>Ends every piece that waits.</summary>
    public void Clear()
    {
        foreach (Packet packet in _packets.Values)
        {
            space.Node.Cancel(packet);
            DropPieces(packet, DropReason.NodeDown);
        }

        _packets.Clear();
    }

    /// <summary>Adds a piece; the whole packet as one frame when it is complete, else null. Takes ownership of the piece's frame.</summary>
    protected Frame? Add(TKey key, in FragmentPiece piece, bool last)
    {
        if (!_packets.TryGetValue(key, out Packet? packet))
        {
            if (_memory > MemoryLimit)
            {
                space.Drop(piece.Frame, DropReason.FragmentMemory);
                return null;
            }

            packet = new Packet(this, key);
            _packets.Add(key, packet);
            space.Node.Schedule(packet, space.Node.Now + timeout);
        }

        return Insert(packet, piece, last);
    }

    /// <summary>The packet that pieces make, from the first one's headers on; the pieces stay the caller's.</summary>
    protected abstract Frame Assemble(IReadOnlyList<FragmentPiece> pieces, int length);

    /// <summary>Tells the sender that its packet was not complete in time.</summary>
    protected abstract void ReportTimeout(Frame first);

    private Frame? Insert(Packet packet, FragmentPiece piece, bool last)
    {
        List<FragmentPiece> pieces = packet.Pieces;
        int index = pieces.FindIndex(p => p.Offset >= piece.Offset);
        index = index < 0 ? pieces.Count : index;
        if (index < pieces.Count && pieces[index].Offset == piece.Offset && pieces[index].Length == piece.Length)
        {
            space.Drop(piece.Frame, DropReason.FragmentOverlap);
            return null;
        }

        bool overlaps = (index > 0 && pieces[index - 1].End > piece.Offset) || (index < pieces.Count && pieces[index].Offset < piece.End);
        bool contradicts = (last && packet.Length >= 0 && packet.Length != piece.End)
            || (packet.Length >= 0 && piece.End > packet.Length)
            || (last && pieces.Count > 0 && pieces[^1].End > piece.End);
        if (overlaps || contradicts || piece.Length == 0)
        {
            space.Drop(piece.Frame, DropReason.FragmentOverlap);
            Abandon(packet, DropReason.FragmentOverlap);
            return null;
        }

        pieces.Insert(index, piece);
        packet.Received += piece.Length;
        packet.Length = last ? piece.End : packet.Length;
        _memory += piece.Frame.Length;
        HeldFrames++;
        return packet.Length == packet.Received ? Complete(packet) : null;
    }

    private Frame Complete(Packet packet)
    {
        Frame first = packet.Pieces[0].Frame;
        Frame whole = Assemble(packet.Pieces, packet.Length);
        whole.Type = first.Type;
        whole.Input = first.Input;
        whole.Mark = first.Mark;
        whole.Trace = first.Trace;
        space.Node.Cancel(packet);
        _packets.Remove(packet.Key);
        foreach (FragmentPiece piece in packet.Pieces)
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
            ReportTimeout(packet.Pieces[0].Frame);
        }

        Abandon(packet, DropReason.FragmentTimeout);
    }

    private void Abandon(Packet packet, DropReason reason)
    {
        space.Node.Cancel(packet);
        _packets.Remove(packet.Key);
        DropPieces(packet, reason);
    }

    private void DropPieces(Packet packet, DropReason reason)
    {
        foreach (FragmentPiece piece in packet.Pieces)
        {
            Forget(piece);
            space.Drop(piece.Frame, reason);
        }

        packet.Pieces.Clear();
    }

    private void Forget(in FragmentPiece piece)
    {
        _memory -= piece.Frame.Length;
        HeldFrames--;
    }

    /// <summary>One packet; it is its own timer. Its pieces lie in the order of their offsets and never overlap.</summary>
    private sealed class Packet(FragmentQueues<TKey> queue, TKey key) : TimerEntry
    {
        public TKey Key { get; } = key;

        public List<FragmentPiece> Pieces { get; } = [];

        public int Received { get; set; }

        /// <summary>The payload's length, known once the last fragment has come; -1 until then.</summary>
        public int Length { get; set; } = -1;

        public override void Expire() => queue.Expired(this);
    }
}
