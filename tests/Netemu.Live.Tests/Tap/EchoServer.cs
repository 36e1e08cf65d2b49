using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Tap;

/// <summary>Sends every datagram back (RFC 862) on an emulated host.</summary>
internal sealed class EchoServer : IUdpHandler
{
    public const int Port = 7;

    private readonly List<byte> _received = [];

    public EchoServer(Node node) => Assert.NotNull(node.Root.Udp.Open(default, Port, this, out _));

    public int Count { get; private set; }

    /// <summary>The payloads of all datagrams, in order.</summary>
    public byte[] Received => [.. _received];

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        Count++;
        _received.AddRange(payload);
        socket.SendTo(from, port, payload);
    }

    public void OnError(UdpSocket socket, IcmpError error)
    {
    }
}
