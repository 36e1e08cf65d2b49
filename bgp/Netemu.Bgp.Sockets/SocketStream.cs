using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sockets;

/// <summary>
/// A TCP connection of the machine. An idle one owns no buffer: a receive of zero bytes waits for data, which the owner
/// then reads straight into its own memory.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Close and Abort end the stream; the socket's own end completes the rest.")]
internal sealed class SocketStream : IByteStream
{
    private const int SendChunk = 1 << 16;

    private readonly SocketEventLoop _loop;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private SocketAsyncEventArgs? _send;
    private int _sending;
    private bool _closeAfterSend;
    private bool _endOfStream;
    private SocketError _readError;
    private bool _ended;

    public SocketStream(SocketEventLoop loop, Socket socket, InternetAddress remote, ushort remotePort)
    {
        _loop = loop;
        _socket = socket;
        RemoteAddress = remote;
        RemotePort = remotePort;
        Completion readable = new(this, static stream => stream.CompleteReceive());
        _receive.Completed += (_, _) => _loop.Post(readable);
    }

    public IByteStreamHandler? Handler { get; set; }

    public InternetAddress LocalAddress { get; private set; }

    public ushort LocalPort { get; private set; }

    public InternetAddress RemoteAddress { get; }

    public ushort RemotePort { get; }

    public bool IsOpen { get; private set; }

    public int UnacknowledgedBytes => _sending;

    public int Read(Span<byte> destination)
    {
        if (_ended || destination.IsEmpty)
        {
            return 0;
        }

        int read = _socket.Receive(destination, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success)
        {
            _endOfStream = read == 0;
            return read;
        }

        _readError = error is SocketError.WouldBlock or SocketError.IOPending ? SocketError.Success : error;
        return 0;
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        if (!IsOpen || _sending > 0 || source.IsEmpty)
        {
            return 0;
        }

        int sent = _socket.Send(source, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            // The receive side will say why.
            return 0;
        }

        sent = error == SocketError.Success ? sent : 0;
        ReadOnlySpan<byte> rest = source[sent..];
        if (rest.IsEmpty)
        {
            return sent;
        }

        int chunk = Math.Min(rest.Length, SendChunk);
        BeginSend(rest[..chunk]);
        return sent + chunk;
    }

    public void Close()
    {
        Handler = null;
        IsOpen = false;
        if (_sending > 0)
        {
            _closeAfterSend = true;
            return;
        }

        Dispose(abort: false);
    }

    public void Abort()
    {
        Handler = null;
        IsOpen = false;
        Dispose(abort: true);
    }

    internal void BeginConnect(IPEndPoint remote)
    {
        SocketAsyncEventArgs connect = new() { RemoteEndPoint = remote };
        Completion done = new(this, stream => stream.CompleteConnect(connect));
        connect.Completed += (_, _) => _loop.Post(done);
        if (!_socket.ConnectAsync(connect))
        {
            _loop.Post(done);
        }
    }

    /// <summary>The connection is established.</summary>
    internal void Open()
    {
        _socket.Blocking = false;
        IsOpen = true;
        IPEndPoint? local = _socket.LocalEndPoint as IPEndPoint;
        LocalAddress = SocketTransport.ToAddress(local);
        LocalPort = (ushort)(local?.Port ?? 0);
    }

    /// <summary>Asks to be told when there is something to read.</summary>
    internal void WaitForData()
    {
        if (!_ended && !_socket.ReceiveAsync(_receive))
        {
            _loop.Post(new Completion(this, static stream => stream.CompleteReceive()));
        }
    }

    /// <summary>Reports an end later than this call, as the interface promises.</summary>
    internal void Fail(StreamCloseReason reason) => _loop.Post(new Completion(this, stream => stream.End(reason)));

    private void CompleteConnect(SocketAsyncEventArgs connect)
    {
        SocketError error = connect.SocketError;
        connect.Dispose();
        if (_ended || Handler is null)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            End(SocketErrors.ToReason(error));
            return;
        }

        Open();
        Handler.OnConnected(this);
        WaitForData();
    }

    private void CompleteReceive()
    {
        if (_ended || Handler is null)
        {
            return;
        }

        if (_receive.SocketError != SocketError.Success)
        {
            End(SocketErrors.ToReason(_receive.SocketError));
            return;
        }

        Handler.OnReadable(this);
        if (_ended || Handler is null)
        {
            return;
        }

        if (_endOfStream || _readError != SocketError.Success)
        {
            End(_endOfStream ? StreamCloseReason.EndOfStream : SocketErrors.ToReason(_readError));
            return;
        }

        WaitForData();
    }

    private void BeginSend(ReadOnlySpan<byte> bytes)
    {
        if (_send is null)
        {
            _send = new SocketAsyncEventArgs();
            Completion done = new(this, static stream => stream.CompleteSend());
            _send.Completed += (_, _) => _loop.Post(done);
        }

        _sending = bytes.Length;
        _send.SetBuffer(bytes.ToArray());
        if (!_socket.SendAsync(_send))
        {
            _loop.Post(new Completion(this, static stream => stream.CompleteSend()));
        }
    }

    private void CompleteSend()
    {
        _sending = 0;
        if (_closeAfterSend)
        {
            Dispose(abort: false);
        }
        else if (!_ended && _send!.SocketError == SocketError.Success)
        {
            Handler?.OnWritable(this);
        }
    }

    private void End(StreamCloseReason reason)
    {
        IByteStreamHandler? handler = Handler;
        IsOpen = false;
        handler?.OnClosed(this, reason);
        Handler = null;
        Dispose(abort: false);
    }

    private void Dispose(bool abort)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (abort)
        {
            // Closing with a linger time of zero sends RST.
            _socket.LingerState = new LingerOption(true, 0);
        }

        _socket.Dispose();
    }

    private sealed class Completion(SocketStream stream, Action<SocketStream> action) : ISocketCompletion
    {
        public void Complete() => action(stream);
    }
}
