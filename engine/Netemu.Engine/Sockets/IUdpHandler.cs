using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Sockets;

/// <summary>What the owner of a <see cref="UdpSocket"/> is told, from the event loop.</summary>
public interface IUdpHandler
{
    /// <summary>A datagram; the payload is valid during the call only.</summary>
    void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload);

    /// <summary>An ICMP error about a datagram that the socket sent.</summary>
    void OnError(UdpSocket socket, IcmpError error);

    /// <summary>The administrator has disconnected the socket (udp_abort); whoever has no use for that need not know.</summary>
    void OnAborted(UdpSocket socket)
    {
    }
}
