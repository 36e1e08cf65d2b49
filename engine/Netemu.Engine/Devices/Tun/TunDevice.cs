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
public sealed class TunDevice : NetDevice
{
    private ITunReader? _reader;

    public TunDevice(NetworkNamespace space, string name, TunMode mode)
        : base(space, name, mode == TunMode.Tap ? space.Node.NextMac() : default, 1500)
    {
        Mode = mode;
        TransmitQueueLength = mode == TunMode.Tun ? 500 : 1000;
        space.Add(this);
    }

    public override string Kind => "tun";

    public TunMode Mode { get; }

    /// <summary>True while a process has the device open.</summary>
    public bool IsAttached => _reader is not null;

    /// <summary>IFF_NOARP on TUN: there is nobody to ask.</summary>
    public override bool UsesNeighbours => Mode == TunMode.Tap;

    public override bool HasLinkLayer => Mode == TunMode.Tap;

    public override OperationalState OperationalState =>
        IsRunning ? OperationalState.Unknown : OperationalState.Down;

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
        EthernetHeader.Write(frame.Bytes, Mac, default, version == 4 ? EtherType.IPv4 : EtherType.IPv6);
        packet.CopyTo(frame.Bytes[EthernetHeader.Size..]);
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

        _reader.OnPacket(this, HasLinkLayer ? frame.Bytes : frame.Bytes[EthernetHeader.Size..]);
        frame.Deliver();
    }
}
