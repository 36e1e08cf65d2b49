using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Engine;

/// <summary>Writes down what a UDP socket is told.</summary>
internal sealed class DatagramRecorder(string space, List<string> lines) : IUdpHandler
{
    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload) =>
        lines.Add(Answers.Received(space, from, payload.Length));

    public void OnError(UdpSocket socket, IcmpError error) =>
        lines.Add(Answers.Error(error.From, error.Type, error.Code, error.Information));
}
