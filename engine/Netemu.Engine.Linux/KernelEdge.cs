using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;
using Netemu.Engine.Linux.Offload;

namespace Netemu.Engine.Linux;

/// <summary>
/// An edge whose outer side is an interface of the kernel: a TAP, a TUN, or a packet socket on an interface that is there.
/// Both speak virtio headers, so that super-packets cross in one system call and are cut, or joined, here.
/// </summary>
/// <remarks>
/// The engine's thread reads and writes by itself, without blocking: the kernel's own bounded queue stands where a
/// channel would, and a thread more per edge would cost a context switch per packet (DESIGN.md has the figures). Where many
/// packets come or go between two windows, one call takes many of them (<see cref="PacketRing"/>).
/// <code>
/// kernel -> read -> [virtio header | packet] -> Segmenter -> frames with true checksums -> EdgeDevice
/// EdgeDevice -> frames -> Coalescer (one run of a connection) -> [virtio header | packet] -> write -> kernel
/// </code>
/// </remarks>
public sealed partial class KernelEdge : IEdge, IDisposable
{
    private const int ReadsPerPoll = 256;

    /// <summary>What one poll takes before the window runs: its frames are still in the core's cache when they are forwarded.</summary>
    private const int BytesPerPoll = 256 * 1024;

    /// <summary>A super-packet of 64 KiB at an MTU of 576 is 126 frames.</summary>
    private const int RoomForSuperPacket = 128;

    /// <summary>So many packets of a window are written one by one, each with an errno of its own; more are written together.</summary>
    private const int WrittenAlone = 8;

    /// <summary>What is longer is read alone: the next one finds the same buffer in the cache, which is worth more than a system call.</summary>
    private const int SmallPacket = 2_048;

    private const int LargestPacket = VirtioNetHeader.Size + EthernetHeader.Size + 65_536;

    private readonly SafeFileHandle _file;
    private readonly bool _isTap;
    private readonly int _network;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(LargestPacket, pinned: true);
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(LargestPacket, pinned: true);
    private readonly Coalescer? _coalescer;

    /// <summary>How many frames one packet that is read may become.</summary>
    private readonly int _framesOfPacket;
    private readonly int[] _lengths = new int[PacketRing.Slots];
    private PacketRing? _reads;
    private readonly PacketRing? _writes;
    private int _queued;
    private int _writtenAlone;
    private int _lastRead;

    private KernelEdge(SafeFileHandle file, bool isTap, bool isBare, bool coalesces)
    {
        _file = file;
        _isTap = isTap;
        _network = isBare ? 0 : EthernetHeader.Size;
        _coalescer = coalesces ? new Coalescer(_network) : null;
        _framesOfPacket = isTap && !coalesces ? 1 : RoomForSuperPacket;
        _reads = PacketRing.TryCreate(file, writes: false, LargestPacket);
        _writes = PacketRing.TryCreate(file, writes: true, LargestPacket);
    }

    /// <summary>The same as <see cref="PacketsRead"/>, for a generator on another thread.</summary>
    internal long ReadCount;

    /// <summary>Packets read from the kernel; a super-packet is one.</summary>
    public long PacketsRead => ReadCount;

    public long BytesRead { get; private set; }

    /// <summary>Packets written to the kernel; a super-packet is one.</summary>
    public long PacketsWritten { get; private set; }

    public long BytesWritten { get; private set; }

    /// <summary>What the kernel refused of what had been collected: super-packets, and packets that were written together.</summary>
    public long WritesLost { get; private set; }

    /// <summary>Packets whose virtio header or length makes no sense.</summary>
    public long Malformed { get; private set; }

    /// <summary>True once the kernel's side is gone.</summary>
    public bool IsGone { get; private set; }

    /// <summary>What becomes readable when a packet waits.</summary>
    internal SafeFileHandle Handle => _file;

    public void Poll(EdgeDevice device, SimTime arrival)
    {
        // One alone first: mostly there is none. What is there comes in growing batches.
        int batch = 1;
        long enough = BytesRead + BytesPerPoll;
        for (int reads = 0; reads < ReadsPerPoll && !IsGone && BytesRead < enough; reads += batch)
        {
            int most = _reads is null || _lastRead > SmallPacket ? 1 : Math.Min(reads == 0 ? 1 : reads * 4, PacketRing.Slots);
            batch = Math.Min(most, device.Room / _framesOfPacket);
            if (batch == 0 || !(batch == 1 ? ReadOne(device, arrival) : ReadMany(batch, device, arrival)))
            {
                return;
            }
        }
    }

    public DropReason Send(ReadOnlySpan<byte> bytes, FrameFlags flags)
    {
        if (_coalescer is null || (flags & FrameFlags.TransportChecked) == 0)
        {
            WriteCoalesced();
            return WriteAlone(bytes);
        }

        if (_coalescer.TryAdd(bytes))
        {
            return DropReason.None;
        }

        if (!_coalescer.IsEmpty)
        {
            WriteCoalesced();
            if (_coalescer.TryAdd(bytes))
            {
                return DropReason.None;
            }
        }

        return WriteAlone(bytes);
    }

    public void Flush()
    {
        WriteCoalesced();
        WriteQueued();
        _writtenAlone = 0;
    }

    /// <summary>TUNSETCARRIER: the kernel's side shows NO-CARRIER while the emulated one is down.</summary>
    public void SetCarrier(bool carrier)
    {
        if (_isTap && !IsGone)
        {
            int value = carrier ? 1 : 0;
            Interop.Check(Interop.ioctl(_file, Interop.TUNSETCARRIER, ref value), "TUNSETCARRIER");
        }
    }

    public void Dispose()
    {
        _reads?.Dispose();
        _writes?.Dispose();
        _file.Dispose();
    }

    /// <summary>Writes what waits to another edge as it is: what a relay without an engine would do.</summary>
    internal int Relay(KernelEdge other)
    {
        int packets = 0;
        for (int length; packets < ReadsPerPoll && (length = ReadPacket()) > 0; packets++)
        {
            other.Write(_input.AsSpan(0, length));
        }

        return packets;
    }

    private bool ReadOne(EdgeDevice device, SimTime arrival)
    {
        int length = ReadPacket();
        if (length <= 0)
        {
            return false;
        }

        _lastRead = length;
        Take(_input.AsSpan(0, length), device, arrival);
        return true;
    }

    /// <summary>Reads many packets in one call; false if there were fewer.</summary>
    private bool ReadMany(int count, EdgeDevice device, SimTime arrival)
    {
        PacketRing ring = _reads!;
        ReadOnlySpan<int> results = ring.Submit(count, default);
        for (int i = 0; i < count; i++)
        {
            int length = results[i];
            if (length > VirtioNetHeader.Size)
            {
                ReadCount++;
                BytesRead += length - VirtioNetHeader.Size;
                _lastRead = length;
                Take(ring.Slot(i)[..length], device, arrival);
            }
            else if (length < 0 && !IsOrdinary(-length))
            {
                // Whatever it is, reading alone will say it again; a file that knows no RWF_NOWAIT is read alone from now on.
                ring.Dispose();
                _reads = null;
                return true;
            }
        }

        return results[^1] > 0;
    }

    /// <summary>Writes what was collected of one connection, behind what waits to be written together.</summary>
    private void WriteCoalesced()
    {
        if (_coalescer is { IsEmpty: false })
        {
            WriteQueued();
            WritesLost += Write(_coalescer.Take()) == DropReason.None ? 0 : 1;
        }
    }

    private void WriteQueued()
    {
        if (_queued == 0)
        {
            return;
        }

        ReadOnlySpan<int> results = _writes!.Submit(_queued, _lengths);
        for (int i = 0; i < _queued; i++)
        {
            if (results[i] < 0)
            {
                WritesLost++;
                continue;
            }

            PacketsWritten++;
            BytesWritten += _lengths[i] - VirtioNetHeader.Size;
        }

        _queued = 0;
    }

    private void Take(Span<byte> input, EdgeDevice device, SimTime arrival)
    {
        FramePool pool = device.Node.Emulation.Frames;
        VirtioNetHeader offload = VirtioNetHeader.Read(input);
        Span<byte> packet = input[VirtioNetHeader.Size..];
        if (packet.Length <= _network)
        {
            Malformed++;
            return;
        }

        if (offload.Gso != VirtioGsoType.None)
        {
            if (!Segmenter.TryCreate(offload, packet, _network, out Segmenter segmenter))
            {
                Malformed++;
                return;
            }

            while (segmenter.Next(pool) is { } segment)
            {
                device.Accept(segment, arrival);
            }

            return;
        }

        bool isCompleted = (offload.Flags & VirtioNetFlags.NeedsChecksum) != 0;
        if (isCompleted && !Segmenter.CompleteChecksum(offload, packet))
        {
            Malformed++;
            return;
        }

        if (packet.Length > FramePool.MaximumLength)
        {
            Malformed++;
            return;
        }

        Frame frame = pool.Rent(packet);
        if (isCompleted)
        {
            frame.Flags |= FrameFlags.TransportChecked;
        }

        device.Accept(frame, arrival);
    }

    private DropReason WriteAlone(ReadOnlySpan<byte> bytes)
    {
        if (_writes is not null && _writtenAlone++ >= WrittenAlone)
        {
            if (_queued == PacketRing.Slots)
            {
                WriteQueued();
            }

            Span<byte> slot = _writes.Slot(_queued);
            slot[..VirtioNetHeader.Size].Clear();
            bytes.CopyTo(slot[VirtioNetHeader.Size..]);
            _lengths[_queued++] = VirtioNetHeader.Size + bytes.Length;
            return DropReason.None;
        }

        _output.AsSpan(0, VirtioNetHeader.Size).Clear();
        bytes.CopyTo(_output.AsSpan(VirtioNetHeader.Size));
        return Write(_output.AsSpan(0, VirtioNetHeader.Size + bytes.Length));
    }

    private static bool IsOrdinary(int errno) => errno is Interop.EAGAIN or Interop.EINTR or Interop.ENETDOWN;

    private unsafe int ReadPacket()
    {
        fixed (byte* buffer = _input)
        {
            nint read = Interop.read(_file, buffer, _input.Length);
            if (read > VirtioNetHeader.Size)
            {
                ReadCount++;
                BytesRead += read - VirtioNetHeader.Size;
                return (int)read;
            }

            // EIO and EBADFD: the interface has been deleted in the kernel.
            IsGone = read < 0 && !IsOrdinary(Marshal.GetLastPInvokeError());
            return 0;
        }
    }

    private unsafe DropReason Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* buffer = bytes)
        {
            if (Interop.write(_file, buffer, bytes.Length) >= 0)
            {
                PacketsWritten++;
                BytesWritten += bytes.Length - VirtioNetHeader.Size;
                return DropReason.None;
            }
        }

        // EIO: the interface is down there. EINVAL: the kernel does not take such a packet.
        return Marshal.GetLastPInvokeError() is Interop.EAGAIN or Interop.ENOBUFS ? DropReason.EdgeQueueFull : DropReason.EdgeClosed;
    }
}
