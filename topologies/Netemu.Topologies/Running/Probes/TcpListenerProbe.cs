using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;
using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Running.Probes;

/// <summary>A TCP socket that listens for the time of a step, notes who connects, and sends back what it gets if it is to.</summary>
internal sealed class TcpListenerProbe : IByteStreamAcceptor, IByteStreamHandler
{
    private readonly string _name;
    private readonly bool _echo;
    private readonly List<ObservedMapping> _received;
    private readonly Action _accepted;
    private readonly TcpListener? _listener;

    public TcpListenerProbe(
        NetworkNamespace space, string name, InternetAddress address, ushort port, bool echo, List<ObservedMapping> received, Action accepted)
    {
        _name = name;
        _echo = echo;
        _received = received;
        _accepted = accepted;
        _listener = space.Tcp.Listen(address, port, this, out Errno error);
        Error = error;
    }

    /// <summary>Why it could not be bound.</summary>
    public Errno Error { get; }

    public IByteStreamHandler Accept(IByteStream stream)
    {
        _received.Add(new ObservedMapping().With("at", _name).With("from", stream.RemoteAddress).With("port", stream.RemotePort));
        _accepted();
        return this;
    }

    public void OnConnected(IByteStream stream)
    {
    }

    public void OnReadable(IByteStream stream)
    {
        Span<byte> buffer = stackalloc byte[2048];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            if (_echo)
            {
                stream.Write(buffer[..count]);
            }
        }
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
    }

    public void Close() => _listener?.Close();
}
