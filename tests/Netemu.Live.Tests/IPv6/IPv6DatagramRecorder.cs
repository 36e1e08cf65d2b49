using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.IPv6;

/// <summary>Writes down what a UDP socket of the engine is told.</summary>
internal sealed class IPv6DatagramRecorder(string space, List<string> lines) : IUdpHandler
{
    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload) =>
        lines.Add(Answers.Received(space, from, payload.Length));

    public void OnError(UdpSocket socket, IcmpError error) =>
        lines.Add(IPv6Answers.Error(error.From, error.Type, error.Code, error.Information));
}
