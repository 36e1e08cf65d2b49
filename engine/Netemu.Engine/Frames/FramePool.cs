using System;
using System.Diagnostics;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Frames;

/// <summary>
/// Frames and buffers of one emulation, reused for ever. Every frame that is rented or cloned counts as sent, and ends
/// as delivered or dropped: <c>sent = delivered + dropped + outstanding</c> holds at any moment by construction, and
/// outstanding must equal what the queues hold, which is what is checked.
/// </summary>
public sealed class FramePool
{
    private static ReadOnlySpan<int> BufferSizes => [256, 2048, 9472, 66_048];

    private readonly BufferSlab[] _slabs = new BufferSlab[4];
    private readonly FrameBuffer?[][] _buffers = [[], [], [], []];
    private readonly int[] _bufferCounts = new int[4];
    private Frame?[] _frames = [];
    private int _frameCount;

    public FramePool()
    {
        for (int i = 0; i < _slabs.Length; i++)
        {
            _slabs[i] = new BufferSlab(BufferSizes[i], i);
        }
    }

    /// <summary>How every frame so far has ended.</summary>
    public FrameAccounting Accounting { get; } = new();

    /// <summary>Frames rented or cloned and not yet ended.</summary>
    public long Outstanding => Accounting.Sent - Accounting.Delivered - Accounting.Dropped;

    /// <summary>The largest frame that can be rented: an IP packet of 64 KiB and its Ethernet header, with headroom.</summary>
    public static int MaximumLength => 65_535 + 14;

    /// <summary>A frame of <paramref name="length"/> bytes of unspecified content, owned by the caller.</summary>
    public Frame Rent(int length)
    {
        Frame frame = RentEmpty();
        FrameBuffer buffer = RentBuffer(length + Frame.Headroom);
        frame.Look(buffer, Frame.Headroom);
        frame.Length = length;
        return frame;
    }

    /// <summary>A frame that holds a copy of <paramref name="bytes"/>.</summary>
    public Frame Rent(ReadOnlySpan<byte> bytes)
    {
        Frame frame = Rent(bytes.Length);
        bytes.CopyTo(frame.Bytes);
        return frame;
    }

    internal Frame Clone(Frame original)
    {
        Frame clone = RentEmpty();
        FrameBuffer buffer = original.Buffer!;
        buffer.References++;
        clone.Look(buffer, original.Start - buffer.Start);
        clone.Length = original.Length;
        original.Flags |= FrameFlags.Shared;
        clone.Flags = original.Flags;
        clone.Handovers = original.Handovers;
        clone.Mark = original.Mark;
        if (original.Trace is not null)
        {
            clone.Trace = original.Trace.Branch();
        }

        return clone;
    }

    /// <summary>Gives <paramref name="frame"/> bytes of its own and at least <paramref name="headroom"/> in front.</summary>
    internal void Reallocate(Frame frame, int headroom)
    {
        FrameBuffer old = frame.Buffer!;
        if (old.References == 1 && frame.Start - old.Start >= headroom)
        {
            frame.Flags &= ~FrameFlags.Shared;
            return;
        }

        int start = Math.Max(Frame.Headroom, headroom);
        FrameBuffer buffer = RentBuffer(frame.Length + start);
        frame.Bytes.CopyTo(buffer.Bytes.AsSpan(buffer.Start + start));
        ReleaseBuffer(old);
        frame.Look(buffer, start);
        frame.Flags &= ~FrameFlags.Shared;
    }

    internal void Return(Frame frame)
    {
        FrameBuffer? buffer = frame.Buffer;
        Debug.Assert(buffer is not null, "A frame ends once.");
        Debug.Assert(frame.Following is null, "A super-segment is parted before its frames end.");
        ReleaseBuffer(buffer);
        frame.Buffer = null;
        if (_frameCount == _frames.Length)
        {
            Array.Resize(ref _frames, Math.Max(64, _frameCount * 2));
        }

        _frames[_frameCount++] = frame;
    }

    private Frame RentEmpty()
    {
        Accounting.Sent++;
        if (_frameCount == 0)
        {
            return new Frame(this);
        }

        Frame frame = _frames[--_frameCount]!;
        frame.Flags = FrameFlags.None;
        frame.Type = PacketType.Host;
        frame.Handovers = 0;
        frame.Mark = 0;
        frame.PhysicalInput = 0;
        frame.ConnectionState = ConnectionState.None;
        if (frame.Input is not null)
        {
            frame.Input = null;
        }

        if (frame.Connection is not null)
        {
            frame.Connection = null;
        }

        if (frame.Trace is not null)
        {
            frame.Trace = null;
        }

        return frame;
    }

    private FrameBuffer RentBuffer(int size)
    {
        int sizeClass = 0;
        while (BufferSizes[sizeClass] < size)
        {
            sizeClass++;
        }

        ref int count = ref _bufferCounts[sizeClass];
        FrameBuffer buffer = count == 0 ? _slabs[sizeClass].Cut() : _buffers[sizeClass][--count]!;
        buffer.References = 1;
        return buffer;
    }

    private void ReleaseBuffer(FrameBuffer buffer)
    {
        if (--buffer.References > 0)
        {
            return;
        }

        ref int count = ref _bufferCounts[buffer.SizeClass];
        ref FrameBuffer?[] free = ref _buffers[buffer.SizeClass];
        if (count == free.Length)
        {
            Array.Resize(ref free, Math.Max(64, count * 2));
        }

        free[count++] = buffer;
    }
}
