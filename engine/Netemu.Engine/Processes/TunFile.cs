using System;
using System.Collections.Generic;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Frames;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>
/// /dev/net/tun as a process has opened it for one device: it reads what the stack sends out of the device, and what it
/// writes the stack receives. The device has carrier while the file is open.
/// </summary>
public sealed class TunFile : ProcessSocket, ITunReader
{
    private readonly Queue<byte[]> _packets = new();

    internal TunFile(Process process, TunDevice device)
        : base(process) => Device = device;

    public TunDevice Device { get; }

    /// <summary>The next packet (a frame on TAP) that waits, or null.</summary>
    public byte[]? Read() => _packets.TryDequeue(out byte[]? packet) ? packet : null;

    /// <summary>Waits for a packet.</summary>
    public async ProcessTask<byte[]> ReadAsync()
    {
        while (true)
        {
            if (Read() is { } packet)
            {
                return packet;
            }

            Readable.Reset();
            await Readable;
        }
    }

    /// <summary>Gives a packet to the stack; the errno of write(2).</summary>
    public Errno Write(ReadOnlySpan<byte> packet) => Device.Write(packet);

    DropReason ITunReader.OnPacket(TunDevice device, ReadOnlySpan<byte> packet)
    {
        // tun_net_xmit: the ring is as long as the device's queue.
        if (_packets.Count >= device.TransmitQueueLength)
        {
            return DropReason.TunQueueFull;
        }

        _packets.Enqueue(packet.ToArray());
        Readable.Wake();
        return DropReason.None;
    }

    private protected override void Release()
    {
        _packets.Clear();
        Device.Detach();
    }
}
