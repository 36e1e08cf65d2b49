using System;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Devices.Tun;

/// <summary>
/// What every TUN and TAP has in common, whoever is at its other end (drivers/net/tun.c): a TUN carries bare IP packets and
/// resolves no neighbours, a TAP carries frames.
/// </summary>
public abstract class TunTapDevice : NetDevice
{
    private protected TunTapDevice(NetworkNamespace space, string name, TunMode mode, int mtu)
        : base(space, name, mode == TunMode.Tap ? space.Node.NextMac() : default, mtu) => Mode = mode;

    /// <summary>`ip -d link` calls both "tun", with a type of their own behind it.</summary>
    public override string Kind => "tun";

    public TunMode Mode { get; }

    /// <summary>IFF_NOARP on TUN: there is nobody to ask.</summary>
    public override bool UsesNeighbours => Mode == TunMode.Tap;

    public override bool HasLinkLayer => Mode == TunMode.Tap;

    public override OperationalState OperationalState => IsRunning ? OperationalState.Unknown : OperationalState.Down;

    /// <summary>What of a frame the other end sees.</summary>
    private protected ReadOnlySpan<byte> Outside(Frame frame) => HasLinkLayer ? frame.Bytes : frame.Bytes[EthernetHeader.Size..];

    /// <summary>Fills the room before a packet of a TUN, which the stack takes for an Ethernet header: the packet's version is its type.</summary>
    private protected void WriteRoom(Span<byte> frame)
    {
        bool isIPv6 = frame.Length > EthernetHeader.Size && frame[EthernetHeader.Size] >> 4 == 6;
        EthernetHeader.Write(frame, Mac, default, isIPv6 ? EtherType.IPv6 : EtherType.IPv4);
    }
}
