using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

using Netemu.Topologies.Expectations;
namespace Netemu.Topologies.Running.Probes;

/// <summary>A UDP socket that listens for the time of a step, and sends back what it gets if it is to.</summary>
internal sealed class UdpListener : IUdpHandler
{
    private readonly string _name;
    private readonly bool _echo;
    private readonly List<ObservedMapping> _received;
    private readonly UdpSocket? _socket;

    public UdpListener(
        NetworkNamespace space, string name, InternetAddress address, ushort port, bool echo, List<ObservedMapping> received)
    {
        _name = name;
        _echo = echo;
        _received = received;
        _socket = space.Udp.Open(address, port, this, out Errno error);
        Error = error;
    }

    /// <summary>Why it could not be bound.</summary>
    public Errno Error { get; }

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        _received.Add(new ObservedMapping().With("at", _name).With("from", from).With("port", port).With("size", payload.Length));
        if (_echo)
        {
            socket.SendTo(from, port, payload);
        }
    }

    public void OnError(UdpSocket socket, IcmpError error)
    {
        // A listener has asked for nothing that an error could be about.
    }

    public void Close() => _socket?.Close();
}
