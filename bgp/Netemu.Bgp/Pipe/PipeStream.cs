using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>One end of a stream on the pipe: 64 bytes. Writes never fall short.</summary>
internal sealed class PipeStream(
    PipeTransport owner, int local, ushort localPort, int remote, ushort remotePort, string? md5Key = null) : IByteStream
{
    private const int OpenBit = int.MinValue;

    private PipeStream? _peer;

    /// <summary>
    /// The MD5 key before the request has arrived, then a byte array: what has come and was not read.
    /// </summary>
    private object? _extra = md5Key;

    /// <summary>
    /// Bytes on their way to this end, which it alone changes with what arrives, so that the other end is left in peace; and
    /// whether it is open.
    /// </summary>
    private int _state;

    public IByteStreamHandler? Handler { get; set; }

    public InternetAddress LocalAddress => owner.Network.AddressOf(local);

    public ushort LocalPort => localPort;

    public InternetAddress RemoteAddress => owner.Network.AddressOf(remote);

    public ushort RemotePort => remotePort;

    public bool IsOpen
    {
        get => (_state & OpenBit) != 0;
        private set => _state = value ? _state | OpenBit : _state & ~OpenBit;
    }

    /// <summary>The node at this end.</summary>
    internal PipeTransport Owner => owner;

    public int UnacknowledgedBytes => _peer is PipeStream peer ? peer._state & ~OpenBit : 0;

    public int Read(Span<byte> destination)
    {
        if (_extra is byte[] backlog)
        {
            int early = Math.Min(backlog.Length, destination.Length);
            backlog.AsSpan(0, early).CopyTo(destination);
            _extra = early < backlog.Length ? backlog[early..] : null;
            return early;
        }

        PipeNetwork network = owner.Network;
        if (!ReferenceEquals(network.Receiver, this))
        {
            return 0;
        }

        int taken = Math.Min(network.Arriving.Length, destination.Length);
        network.Arriving.Span[..taken].CopyTo(destination);
        network.Arriving = network.Arriving[taken..];
        return taken;
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        if (!IsOpen || _peer is null || source.IsEmpty)
        {
            return 0;
        }

        _peer._state += source.Length;
        owner.Network.Send(_peer.Owner, _peer, source);
        return source.Length;
    }

    public int WriteShared(ReadOnlyMemory<byte> source)
    {
        if (!IsOpen || _peer is null || source.IsEmpty)
        {
            return 0;
        }

        _peer._state += source.Length;
        owner.Network.SendShared(_peer.Owner, _peer, source);
        return source.Length;
    }

    public int Touch() => _peer is PipeStream peer ? peer._state + (int)peer.Owner.LastTurn : 0;

    public void Close() => End(StreamCloseReason.EndOfStream);

    public void Abort() => End(StreamCloseReason.Reset);

    /// <summary>Reads the stream itself, to have it in the cache.</summary>
    internal int TouchSelf() => _state;

    /// <summary>Reads what the stream leads to: who is told, and the other end.</summary>
    internal int TouchEnds() => (Handler?.Touch() ?? 0) + (owner.IsAlive ? 1 : 0) + (_peer is null ? TouchTarget() : Touch());

    private int TouchTarget() =>
        owner.Network.OwnerOf(remote)?.ListenerAt(RemoteAddress, remotePort)?.Acceptor.Touch(LocalAddress) ?? 0;

    /// <summary>Bytes have arrived.</summary>
    internal void Arrive(ReadOnlyMemory<byte> bytes)
    {
        if (!owner.IsAlive)
        {
            return;
        }

        _state -= bytes.Length;
        if (!IsOpen)
        {
            return;
        }

        owner.Network.Arriving = bytes;
        owner.Network.Receiver = this;
        Handler?.OnReadable(this);
        owner.Network.Receiver = null;
        if (Handler is not null)
        {
            Keep(owner.Network.Arriving);
        }
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

        string? key = _extra as string;
        _extra = null;
        PipeTransport? target = owner.Network.OwnerOf(remote);
        if (target is null)
        {
            owner.Network.Send(owner, this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeListener? listener = target.ListenerAt(RemoteAddress, remotePort);
        if (listener is null)
        {
            owner.Network.Send(owner, this, PipeEventKind.Closed, StreamCloseReason.Refused);
            return;
        }

        if (listener.KeyOf(LocalAddress) != key)
        {
            owner.Network.Send(owner, this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeStream accepted = new(target, remote, remotePort, local, localPort) { IsOpen = true, _peer = this };
        _peer = accepted;
        owner.Network.Send(owner, this, PipeEventKind.Accepted);
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
        if (connected)
        {
            owner.Network.Send(_peer!.Owner, _peer, PipeEventKind.Closed, reason);
        }
    }

    private void Keep(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        byte[] shorter = _extra as byte[] ?? [];
        byte[] longer = new byte[shorter.Length + bytes.Length];
        shorter.CopyTo(longer, 0);
        bytes.Span.CopyTo(longer.AsSpan(shorter.Length));
        _extra = longer;
    }
}
