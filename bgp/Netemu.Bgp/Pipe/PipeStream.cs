using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>One end of a stream on the pipe. Writes never fall short.</summary>
internal sealed class PipeStream(
    PipeTransport owner, InternetAddress local, ushort localPort, InternetAddress remote, ushort remotePort) : IByteStream
{
    private PipeStream? _peer;
    private byte[]? _backlog;
    private ReadOnlyMemory<byte> _arrived;
    private int _unacknowledged;

    public IByteStreamHandler? Handler { get; set; }

    /// <summary>The key to ask for when the request arrives.</summary>
    public string? Md5Key { get; init; }

    public InternetAddress LocalAddress => local;

    public ushort LocalPort => localPort;

    public InternetAddress RemoteAddress => remote;

    public ushort RemotePort => remotePort;

    public bool IsOpen { get; private set; }

    public int UnacknowledgedBytes => _unacknowledged;

    public int Read(Span<byte> destination)
    {
        if (_backlog is byte[] backlog)
        {
            int early = Math.Min(backlog.Length, destination.Length);
            backlog.AsSpan(0, early).CopyTo(destination);
            _backlog = early < backlog.Length ? backlog[early..] : null;
            return early;
        }

        int taken = Math.Min(_arrived.Length, destination.Length);
        _arrived.Span[..taken].CopyTo(destination);
        _arrived = _arrived[taken..];
        return taken;
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        if (!IsOpen || _peer is null || source.IsEmpty)
        {
            return 0;
        }

        _unacknowledged += source.Length;
        owner.Network.Send(_peer, source);
        return source.Length;
    }

    public void Close() => End(StreamCloseReason.EndOfStream);

    public void Abort() => End(StreamCloseReason.Reset);

    /// <summary>Bytes have arrived.</summary>
    internal void Arrive(ReadOnlyMemory<byte> bytes, bool isLast)
    {
        if (!owner.IsAlive)
        {
            return;
        }

        _peer!._unacknowledged -= bytes.Length;
        if (!IsOpen)
        {
            return;
        }

        if (!isLast)
        {
            Keep(bytes);
            return;
        }

        _arrived = bytes;
        Handler?.OnReadable(this);
        Keep(_arrived);
        _arrived = default;
    }

    internal void Happen(PipeEventKind kind, StreamCloseReason reason)
    {
        if (!owner.IsAlive)
        {
            return;
        }

        switch (kind)
        {
            case PipeEventKind.Request:
                Request();
                break;
            case PipeEventKind.Accepted when Handler is not null:
                IsOpen = true;
                Handler.OnConnected(this);
                break;
            case PipeEventKind.Closed when Handler is IByteStreamHandler handler:
                owner.Remove(this);
                IsOpen = false;
                handler.OnClosed(this, reason);
                Handler = null;
                break;
        }
    }

    /// <summary>The request has come to the other node; it runs there.</summary>
    private void Request()
    {
        if (Handler is null)
        {
            return;
        }

        PipeTransport? target = owner.Network.OwnerOf(remote);
        if (target is null)
        {
            owner.Network.Send(this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeListener? listener = target.ListenerAt(remote, remotePort);
        if (listener is null)
        {
            owner.Network.Send(this, PipeEventKind.Closed, StreamCloseReason.Refused);
            return;
        }

        if (listener.KeyOf(local) != Md5Key)
        {
            owner.Network.Send(this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeStream accepted = new(target, remote, remotePort, local, localPort) { IsOpen = true, _peer = this };
        _peer = accepted;
        owner.Network.Send(this, PipeEventKind.Accepted);
        target.Add(accepted);
        accepted.Handler = listener.Acceptor.Accept(accepted);
        if (accepted.Handler is null)
        {
            accepted.Abort();
        }
    }

    private void End(StreamCloseReason reason)
    {
        bool connected = _peer is not null && owner.IsAlive;
        IsOpen = false;
        Handler = null;
        owner.Remove(this);
        if (connected)
        {
            owner.Network.Send(_peer!, PipeEventKind.Closed, reason);
        }
    }

    private void Keep(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        byte[] longer = new byte[(_backlog?.Length ?? 0) + bytes.Length];
        _backlog?.CopyTo(longer, 0);
        bytes.Span.CopyTo(longer.AsSpan(longer.Length - bytes.Length));
        _backlog = longer;
    }
}
