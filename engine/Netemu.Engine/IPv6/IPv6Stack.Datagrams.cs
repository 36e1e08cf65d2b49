using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>Packets of any protocol, built whole by who sends them (a raw socket).</summary>
public sealed partial class IPv6Stack
{
    /// <summary>Sends an upper-layer payload, checksums included, by a route that was looked up for it.</summary>
    public Errno SendDatagram(
        in OutputRoute<IPv6Address> route, IPv6Address destination, IPProtocol protocol, ReadOnlySpan<byte> payload, PacketTrace? trace) =>
        SendPacket(route, destination, protocol, payload, 0, 0, trace);
}
