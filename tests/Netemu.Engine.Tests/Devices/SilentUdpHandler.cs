using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Tests.Devices;

/// <summary>The owner of a socket that only sends, or only holds its port.</summary>
internal sealed class SilentUdpHandler : IUdpHandler
{
    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        // Nobody asks.
    }

    public void OnError(UdpSocket socket, IcmpError error)
    {
        // Nobody asks.
    }
}
