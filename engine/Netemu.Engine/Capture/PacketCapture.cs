using System;
using System.Collections.Generic;
using System.IO;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Pcapng;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Capture;

/// <summary>
/// Writes the frames of chosen devices to one pcapng stream. What the shards of a window see is collected and merged by
/// (time, shard, sequence) when the window ends, so that the bytes do not depend on the order in which shards are visited.
/// A drop in the namespace of a captured device is a record of its own on the interface <c>node/ns:drop</c>, with the
/// reason as its comment.
/// </summary>
/// <remarks>
/// <code>
/// device -> tap -+
///                +-> records of the window, bytes in one buffer -> sort -> PcapngWriter -> stream
/// drop ----------+
/// </code>
/// Only whole blocks reach the stream: whatever ends the run, the file is valid up to there.
/// </remarks>
public sealed class PacketCapture : IDisposable
{
    private readonly Emulation _emulation;
    private readonly PcapngWriter _writer;
    private readonly int _snapLength;
    private readonly List<CaptureTap> _taps = [];
    private readonly Dictionary<NetworkNamespace, int> _dropInterfaces = [];
    private CaptureRecord[] _records = new CaptureRecord[256];
    private int _count;
    private byte[] _bytes = new byte[64 * 1024];
    private int _used;
    private bool _isSorted = true;
    private bool _disposed;

    /// <summary>Starts with no device; <paramref name="snapLength"/> is how much of each frame is kept, 0 for all.</summary>
    public PacketCapture(Emulation emulation, Stream stream, int snapLength = 0, bool leaveOpen = false)
    {
        _emulation = emulation;
        _snapLength = snapLength;
        _writer = new PcapngWriter(stream, leaveOpen);
        emulation.WindowEnded += OnWindowEnded;
        emulation.FrameDropped += OnFrameDropped;
    }

    /// <summary>Frames seen so far; drop records do not count.</summary>
    public long Frames { get; private set; }

    /// <summary>Adds a device, both directions; does nothing if it is there.</summary>
    public void Add(NetDevice device, int? snapLength = null)
    {
        if (_taps.Exists(t => ReferenceEquals(t.Device, device)))
        {
            return;
        }

        int kept = snapLength ?? _snapLength;
        string? kind = device.Kind.Length == 0 ? null : device.Kind;
        CaptureTap tap = new(this, device, _writer.AddInterface(new PcapngInterface(device.QualifiedName, kind, LinkTypeOf(device), kept)), kept);
        _taps.Add(tap);
        device.AddTap(tap);
        if (!_dropInterfaces.ContainsKey(device.Namespace))
        {
            string name = $"{device.Namespace.QualifiedName}:drop";
            _dropInterfaces.Add(device.Namespace, _writer.AddInterface(new PcapngInterface(name, "dropped frames", LinkType.Ethernet, kept)));
        }
    }

    /// <summary>Writes what has been collected and passes it on to the stream.</summary>
    public void Flush()
    {
        WriteRecords();
        _writer.Flush();
    }

    /// <summary>Takes the taps off, writes the rest, and closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (CaptureTap tap in _taps)
        {
            tap.Device.RemoveTap(tap);
        }

        _emulation.WindowEnded -= OnWindowEnded;
        _emulation.FrameDropped -= OnFrameDropped;
        WriteRecords();
        _writer.Dispose();
    }

    /// <summary>A frame has passed a device.</summary>
    internal void Collect(CaptureTap tap, Frame frame, bool outgoing)
    {
        Frames++;
        PcapngDirection direction = outgoing ? PcapngDirection.Outbound : PcapngDirection.Inbound;
        ReadOnlySpan<byte> bytes = tap.Device.HasLinkLayer ? frame.Bytes : frame.Bytes[EthernetHeader.Size..];
        Append(tap.Device.Node, tap.Interface, bytes, tap.SnapLength, direction, DropReason.None);
    }

    private static LinkType LinkTypeOf(NetDevice device) => device.HasLinkLayer ? LinkType.Ethernet : LinkType.Raw;

    private void OnFrameDropped(NetworkNamespace space, Frame frame, DropReason reason)
    {
        if (_dropInterfaces.TryGetValue(space, out int handle))
        {
            Append(space.Node, handle, frame.Bytes, _snapLength, PcapngDirection.Unknown, reason);
        }
    }

    private void Append(Node node, int handle, ReadOnlySpan<byte> frame, int snapLength, PcapngDirection direction, DropReason drop)
    {
        int length = snapLength > 0 ? Math.Min(frame.Length, snapLength) : frame.Length;
        if (_used + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        }

        if (_count == _records.Length)
        {
            Array.Resize(ref _records, _count * 2);
        }

        frame[..length].CopyTo(_bytes.AsSpan(_used));
        int shard = node.Shard.FirstNode;
        CaptureRecord record = new(node.Now.Nanoseconds, shard, _count, handle, _used, length, frame.Length, direction, drop);
        _isSorted &= _count == 0 || record.CompareTo(_records[_count - 1]) >= 0;
        _records[_count++] = record;
        _used += length;
    }

    private void OnWindowEnded(SimTime end) => WriteRecords();

    private void WriteRecords()
    {
        if (_count == 0)
        {
            return;
        }

        Span<CaptureRecord> records = _records.AsSpan(0, _count);
        if (!_isSorted)
        {
            // The sequence makes the order total: equal inputs have one sorted form.
            records.Sort();
        }

        foreach (ref readonly CaptureRecord record in records)
        {
            _writer.Write(
                record.Interface,
                new SimTime(record.Time),
                _bytes.AsSpan(record.Offset, record.Length),
                record.Direction,
                record.OriginalLength,
                record.Drop == DropReason.None ? [] : record.Drop.ToString());
        }

        _count = 0;
        _used = 0;
        _isSorted = true;
    }
}
