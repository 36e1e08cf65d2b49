using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Frames;

/// <summary>
/// An Ethernet frame (or, inside a stack, an IP packet) on its way: a pooled view of a pooled buffer with headroom for
/// encapsulation. It has one owner at a time; who must keep it clones it. Clones share bytes; who writes calls
/// <see cref="EnsureWritable"/> first.
/// </summary>
/// <remarks>
/// <code>
/// buffer:  |-- headroom --|======= Bytes (Length) =======|-- tailroom --|
///          Buffer.Start   Start
/// </code>
/// </remarks>
public sealed class Frame
{
    /// <summary>Room in front of a new frame: outer Ethernet, IPv6, UDP and VXLAN headers, rounded up.</summary>
    public const int Headroom = 64;

    internal FrameBuffer? Buffer;
    private View _view = new() { Storage = [] };

    /// <summary>The next frame of the queue that holds this one; a frame is in one queue at most.</summary>
    internal Frame? Next;

    /// <summary>
    /// The frame that is the next segment of the same super-segment (skb_shinfo's frag_list); null for every other frame. Each
    /// is a whole frame of its own: who takes them one after the other has what was sent without offload.
    /// </summary>
    internal Frame? Following;

    /// <summary>
    /// The index of the bridge port that the packet came in by, once bridge-nf-call-iptables has shown it to netfilter
    /// (nf_bridge_info); negative while its changed destination is being resolved. 0 for all other frames.
    /// </summary>
    internal int PhysicalInput;

    internal Frame(FramePool pool) => Pool = pool;

    public FramePool Pool { get; }

    /// <summary>The number of bytes from the Ethernet header on, without frame check sequence.</summary>
    public int Length
    {
        get => _view.Length;
        internal set => _view.Length = value;
    }

    /// <summary>The bytes; write only after <see cref="EnsureWritable"/>.</summary>
    public Span<byte> Bytes => new(_view.Storage, _view.Start, _view.Length);

    /// <summary>Where the first byte stands in the buffer's array.</summary>
    internal int Start => _view.Start;

    /// <summary>The first byte, for code that has checked <see cref="Length"/>.</summary>
    internal ref byte FirstByte
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_view.Storage), _view.Start);
    }

    /// <summary>The EtherType of a frame that is longer than its Ethernet header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ushort PeekType() => BinaryPrimitives.ReverseEndianness(
        Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref FirstByte, EthernetHeader.TypeOffset)));

    public FrameFlags Flags
    {
        get => _view.Flags;
        set => _view.Flags = value;
    }

    public PacketType Type { get; set; }

    /// <summary>Zero-delay hand-overs so far; every 16th costs time, so that loops end.</summary>
    public byte Handovers { get; internal set; }

    /// <summary>The firewall mark (skb->mark); it does not leave the node.</summary>
    public uint Mark { get; set; }

    /// <summary>The device that received the frame, as netfilter's "in" and the weak-host rules need it.</summary>
    public NetDevice? Input { get; set; }

    /// <summary>The connection that tracking has found, private to the netfilter code.</summary>
    public object? Connection { get; set; }

    /// <summary>The frame's place in its connection, or why it has none (skb->_nfct's low bits).</summary>
    public ConnectionState ConnectionState { get; set; }

    /// <summary>Where the decisions on this frame are written down; null unless a probe asked for it.</summary>
    public PacketTrace? Trace { get; set; }

    /// <summary>Looks at a buffer, from <paramref name="offset"/> on.</summary>
    internal void Look(FrameBuffer buffer, int offset)
    {
        Buffer = buffer;
        _view.Storage = buffer.Bytes;
        _view.Start = buffer.Start + offset;
    }

    /// <summary>Makes room for <paramref name="size"/> more bytes in front, copying if shared or out of headroom.</summary>
    public Span<byte> Prepend(int size)
    {
        if (Start - Buffer!.Start < size || (Flags & FrameFlags.Shared) != 0)
        {
            Pool.Reallocate(this, size);
        }

        _view.Start -= size;
        _view.Length += size;
        return Bytes[..size];
    }

    /// <summary>Drops the first <paramref name="size"/> bytes from view.</summary>
    public void Strip(int size)
    {
        Debug.Assert(size <= Length, "A header longer than the frame was checked before.");
        _view.Start += size;
        _view.Length -= size;
    }

    /// <summary>Cuts the frame to its first <paramref name="length"/> bytes.</summary>
    public void Trim(int length)
    {
        Debug.Assert(length <= Length, "Trim only shortens.");
        Length = length;
    }

    /// <summary>Makes sure that no other frame sees what is written from now on.</summary>
    public void EnsureWritable()
    {
        if ((Flags & FrameFlags.Shared) != 0)
        {
            Pool.Reallocate(this, 0);
        }
    }

    /// <summary>
    /// Forgets what only the sender's stack may know, before the frame reaches another one (skb_scrub_packet): mark,
    /// connection, and that it was not to be tracked.
    /// </summary>
    internal void Scrub()
    {
        Mark = 0;
        Connection = null;
        ConnectionState = ConnectionState.None;
        Flags &= ~FrameFlags.Untracked;
        PhysicalInput = 0;
    }

    /// <summary>
    /// The same for a packet that a tunnel wraps or unwraps within one namespace: its mark stays, its connection does not
    /// (skb_scrub_packet without xnet).
    /// </summary>
    internal void ForgetConnection()
    {
        Connection = null;
        ConnectionState = ConnectionState.None;
        Flags &= ~FrameFlags.Untracked;
        PhysicalInput = 0;
    }

    /// <summary>Parts a super-segment: this frame and those that follow it.</summary>
    internal FrameParts Part() => new(this);

    /// <summary>A second frame over the same bytes, with a fresh path of its own (device, queue), owned by the caller.</summary>
    public Frame Clone() => Pool.Clone(this);

    /// <summary>Reads its first and last byte and what ending its life will read; see WindowWarmer.</summary>
    internal int Touch() => (Buffer?.References ?? 0) + (Length > 0 ? Bytes[0] + Bytes[^1] : 0);

    /// <summary>Ends the frame's life as delivered: its payload reached whom it was for, or the stack consumed it.</summary>
    public void Deliver()
    {
        Pool.Accounting.Delivered++;
        Pool.Return(this);
    }

    /// <summary>Ends the frame's life as a drop.</summary>
    public void Drop(DropReason reason)
    {
        Pool.Accounting.CountDrop(reason);
        Trace?.Dropped(reason);
        Pool.Return(this);
    }

    /// <summary>What forwarding reads of a frame: a structure of its own, so that it lies together and not at both ends of the object.</summary>
    private struct View
    {
        public byte[] Storage;
        public int Start;
        public int Length;
        public FrameFlags Flags;
    }
}
