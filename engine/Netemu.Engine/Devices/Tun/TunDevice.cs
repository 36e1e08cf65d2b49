using System;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Tun;

/// <summary>
/// A TUN or TAP device (drivers/net/tun.c) whose other end is a process of the emulation. It has carrier while one is
/// attached; what the stack sends the process reads, and what it writes the stack receives.
/// </summary>
public sealed class TunDevice : TunTapDevice
{
    private ITunReader? _reader;

    public TunDevice(NetworkNamespace space, string name, TunMode mode)
        : base(space, name, mode, 1500)
    {
        TransmitQueueLength = mode == TunMode.Tun ? 500 : 1000;
        space.Add(this);
    }

    /// <summary>True while a process has the device open.</summary>
    public bool IsAttached => _reader is not null;

    /// <summary>A process opens the device; EBUSY if another one has it.</summary>
    public Errno Attach(ITunReader reader)
    {
        if (_reader is not null)
        {
            return Errno.EBUSY;
        }

        _reader = reader;
        SetCarrier(true);
        return Errno.None;
    }

    /// <summary>The process has closed it, or ended.</summary>
    public void Detach()
    {
        _reader = null;
        SetCarrier(false);
    }

    /// <summary>
    /// The process writes a packet, or a frame on TAP: the stack receives it. EIO while the device is down, EINVAL for what
    /// is neither IPv4 nor IPv6, or too short (tun_get_user).
    /// </summary>
    public Errno Write(ReadOnlySpan<byte> packet)
    {
        if (!IsUp)
        {
            return Errno.EIO;
        }

        if (Mode == TunMode.Tap)
        {
            if (packet.Length < EthernetHeader.Size)
            {
                return Errno.EINVAL;
            }

            Node.Shard.HandOver(Node.Emulation.Frames.Rent(packet), this);
            return Errno.None;
        }

        int version = packet.IsEmpty ? 0 : packet[0] >> 4;
        if (version is not (4 or 6))
        {
            return Errno.EINVAL;
        }

        Frame frame = Node.Emulation.Frames.Rent(EthernetHeader.Size + packet.Length);
        packet.CopyTo(frame.Bytes[EthernetHeader.Size..]);
        WriteRoom(frame.Bytes);
        Node.Shard.HandOver(frame, this);
        return Errno.None;
    }

    protected override void TransmitCore(Frame frame)
    {
        if (_reader is null)
        {
            Drop(frame, DropReason.TunNoReader);
            return;
        }

        DropReason reason = _reader.OnPacket(this, Outside(frame));
        if (reason == DropReason.None)
        {
            frame.Deliver();
        }
        else
        {
            Drop(frame, reason);
        }
    }
}
