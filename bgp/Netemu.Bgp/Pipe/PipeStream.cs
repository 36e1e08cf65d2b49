using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>One end of a stream on the pipe: 64 bytes. Writes never fall short, and touch nothing of the other end.</summary>
internal sealed class PipeStream(PipeTransport owner, ushort localPort, int remote, ushort remotePort, PipeRequest? request = null)
    : IByteStream
{
    private const int OpenBit = int.MinValue;
    private const int UsualBit = int.MinValue;

    private readonly int _remote = remote;
    private PipeStream? _peer;

    /// <summary>What is asked for until the other end is there, then a byte array: what has come and was not read.</summary>
    private object? _extra = request;

    /// <summary>
    /// Bytes written, modulo 2^31, and whether our address is the usual one towards the other end: then it is not asked, whose
    /// object is far away.
    /// </summary>
    private int _written = request is null || request.Local == owner.SourceFor(remote) ? UsualBit : 0;

    /// <summary>Bytes that have arrived, modulo 2^31, and whether this end is open.</summary>
    private int _arrived;

    public IByteStreamHandler? Handler { get; set; }

    public InternetAddress LocalAddress => owner.Network.AddressOf(LocalNumber);

    public ushort LocalPort => localPort;

    public InternetAddress RemoteAddress => owner.Network.AddressOf(_remote);

    public ushort RemotePort => remotePort;

    public bool IsOpen
    {
        get => _arrived < 0;
        private set => _arrived = value ? _arrived | OpenBit : _arrived & ~OpenBit;
    }

    public int UnacknowledgedBytes => _peer is PipeStream peer ? (_written - peer._arrived) & ~OpenBit : 0;

    private int LocalNumber =>
        (_written & UsualBit) != 0 ? owner.SourceFor(_remote) : _peer?._remote ?? ((PipeRequest)_extra!).Local;

    public int Read(Span<byte> destination)
    {
        int early = 0;
        if (_extra is byte[] backlog)
        {
            early = Math.Min(backlog.Length, destination.Length);
            backlog.AsSpan(0, early).CopyTo(destination);
            _extra = early < backlog.Length ? backlog[early..] : null;
        }

        PipeNetwork network = owner.Network;
        if (!ReferenceEquals(network.Receiver, this))
        {
            return early;
        }

        int taken = Math.Min(network.Arriving.Length, destination.Length - early);
        network.Arriving.Span[..taken].CopyTo(destination[early..]);
        network.Arriving = network.Arriving[taken..];
        return early + taken;
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        if (!IsOpen || _peer is null || source.IsEmpty)
        {
            return 0;
        }

        CountWritten(source.Length);
        owner.Network.Send(TurnOfTarget, _peer, source);
        return source.Length;
    }

    public int WriteShared(ReadOnlyMemory<byte> source)
    {
        if (!IsOpen || _peer is null || source.IsEmpty)
        {
            return 0;
        }

        CountWritten(source.Length);
        owner.Network.SendShared(TurnOfTarget, _peer, source);
        return source.Length;
    }

    public int Touch() => _written;

    /// <summary>The number of the node whose turn it is when something arrives at the other end; ours if there is none.</summary>
    internal int TurnOfTarget => owner.Network.OwnerOf(_remote) is >= 0 and var node ? node : owner.Number;

    public void Close() => End(StreamCloseReason.EndOfStream);

    public void Abort() => End(StreamCloseReason.Reset);

    /// <summary>Reads what the stream leads to: who is told.</summary>
    internal int TouchEnds() => (Handler?.Touch() ?? 0) + (owner.IsAlive ? 1 : 0) + (_peer is null ? TouchTarget() : 0);

    private int TouchTarget() =>
        owner.Network.NodeAt(_remote)?.ListenerAt(RemoteAddress, remotePort)?.Acceptor.Touch(LocalAddress) ?? 0;

    /// <summary>Bytes have arrived.</summary>
    internal void Arrive(ReadOnlyMemory<byte> bytes)
    {
        if (!owner.IsAlive)
        {
            return;
        }

        _arrived = (_arrived & OpenBit) | ((_arrived + bytes.Length) & ~OpenBit);
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

        PipeTransport? target = owner.Network.NodeAt(_remote);
        if (target is null)
        {
            owner.Network.Send(owner.Number, this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeListener? listener = target.ListenerAt(RemoteAddress, remotePort);
        if (listener is null)
        {
            owner.Network.Send(owner.Number, this, PipeEventKind.Closed, StreamCloseReason.Refused);
            return;
        }

        if (listener.KeyOf(LocalAddress) != (_extra as PipeRequest)?.Md5Key)
        {
            owner.Network.Send(owner.Number, this, PipeEventKind.Closed, StreamCloseReason.TimedOut);
            return;
        }

        PipeStream accepted = new(target, remotePort, LocalNumber, localPort) { IsOpen = true, _peer = this };
        accepted._written = target.SourceFor(LocalNumber) == _remote ? UsualBit : 0;
        _peer = accepted;
        _extra = null;
        owner.Network.Send(owner.Number, this, PipeEventKind.Accepted);
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
            owner.Network.Send(TurnOfTarget, _peer!, PipeEventKind.Closed, reason);
        }
    }

    private void CountWritten(int length) => _written = (_written & UsualBit) | ((_written + length) & ~UsualBit);

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
