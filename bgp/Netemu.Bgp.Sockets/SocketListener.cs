using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sockets;

/// <summary>A listening socket; accepted connections are handed to the owner's thread one by one.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Close ends the listener; its last completion disposes the rest.")]
internal sealed class SocketListener : IByteStreamListener, ISocketCompletion
{
    /// <summary>A thousand neighbours may come at once after a power cut.</summary>
    public const int Backlog = 4096;

    private readonly SocketEventLoop _loop;
    private readonly Socket _socket;
    private readonly StreamOptions _options;
    private readonly IByteStreamAcceptor _acceptor;
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly Dictionary<InternetAddress, StreamOptions> _peers = [];
    private bool _closed;

    public SocketListener(SocketEventLoop loop, Socket socket, StreamOptions options, IByteStreamAcceptor acceptor)
    {
        _loop = loop;
        _socket = socket;
        _options = options;
        _acceptor = acceptor;
        _accept.Completed += (_, _) => _loop.Post(this);
        BeginAccept();
    }

    public void SetPeerOptions(InternetAddress peer, StreamOptions? options)
    {
        bool hadKey = _peers.Remove(peer, out StreamOptions? old) && old.Md5Key is not null;
        if (options is not null)
        {
            _peers[peer] = options;
        }

        bool oursToKeep = SocketTransport.ToAddress(_socket.LocalEndPoint).Family == peer.Family;
        if (oursToKeep && (options?.Md5Key is not null || hadKey))
        {
            SocketOptions.SetMd5Key(_socket, peer, options?.Md5Key ?? "");
        }
    }

    public void Close()
    {
        _closed = true;
        _socket.Dispose();
    }

    void ISocketCompletion.Complete()
    {
        Socket? accepted = _accept.AcceptSocket;
        bool ok = _accept.SocketError == SocketError.Success && accepted is not null;
        _accept.AcceptSocket = null;
        if (_closed)
        {
            accepted?.Dispose();
            _accept.Dispose();
            return;
        }

        if (ok)
        {
            Accept(accepted!);
        }

        BeginAccept();
    }

    private void Accept(Socket socket)
    {
        socket.NoDelay = true;
        InternetAddress remote = SocketTransport.ToAddress(socket.RemoteEndPoint);
        ushort port = (ushort)((socket.RemoteEndPoint as System.Net.IPEndPoint)?.Port ?? 0);
        StreamOptions options = _peers.GetValueOrDefault(remote, _options);
        SocketOptions.Apply(socket, remote, options with { Md5Key = null });
        SocketStream stream = new(_loop, socket, remote, port);
        stream.Open();
        stream.Handler = _acceptor.Accept(stream);
        if (stream.Handler is null)
        {
            stream.Abort();
        }
        else
        {
            stream.WaitForData();
        }
    }

    private void BeginAccept()
    {
        if (!_socket.AcceptAsync(_accept))
        {
            _loop.Post(this);
        }
    }
}
