using System;
using System.Diagnostics;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv4;

namespace Netemu.Engine.Tcp;

/// <summary>
/// One connection: the transmission control block of RFC 9293 section 3.3.1, its own timer and its own row in the socket
/// list. Idle it is this object alone (at most 640 bytes with its share of the tables); buffers, ranges of SACK and of
/// reassembly are rented while there is something in them. This part is what the user sees.
/// </summary>
public sealed partial class TcpConnection : TimerEntry, IByteStream
{
    private readonly TcpTable _table;
    private IByteStreamHandler? _handler;
    private TcpListener? _listener;
    private NetDevice? _device;
    private readonly byte[]? _signatureKey;
    private StreamRing _send;
    private StreamRing _receive;
    private TcpPending _pending;
    private TcpFlag _flags;
    private StreamCloseReason _closeReason;
    private readonly byte _ttl;
    private readonly byte _minimumTtl;
    private readonly byte _trafficClass;

    internal TcpConnection(
        TcpTable table, InternetAddress local, ushort localPort, InternetAddress remote, ushort remotePort, StreamOptions options)
    {
        _table = table;
        LocalAddress = local;
        LocalPort = localPort;
        RemoteAddress = remote;
        RemotePort = remotePort;
        _ttl = options.Ttl;
        _minimumTtl = options.MinimumTtl;
        _trafficClass = options.TrafficClass;
        _signatureKey = options.Md5Key is null ? null : table.KeyBytes(options.Md5Key);
        CongestionControl = table.Settings.CongestionControl;
    }

    public InternetAddress LocalAddress { get; }

    public InternetAddress RemoteAddress { get; }

    public ushort LocalPort { get; }

    public ushort RemotePort { get; }

    public TcpState State { get; private set; }

    /// <summary>The algorithm that sets the congestion window; may be changed before data flows.</summary>
    public TcpCongestionControl CongestionControl { get; set; }

    public bool IsOpen => (_flags & TcpFlag.Open) != 0;

    public int UnacknowledgedBytes => _send.Count;

    /// <summary>Bytes that wait to be read (Recv-Q of `ss`).</summary>
    public int UnreadBytes => _receive.Count;

    /// <summary>TCP_NODELAY: small segments need not wait for the acknowledgment of others (RFC 896).</summary>
    public bool NoDelay
    {
        get => (_flags & TcpFlag.NoDelay) != 0;
        set
        {
            SetFlag(TcpFlag.NoDelay, value);
            if (value)
            {
                Output();
                Arm();
            }
        }
    }

    /// <summary>SO_KEEPALIVE.</summary>
    public bool KeepAlive
    {
        get => (_flags & TcpFlag.KeepAlive) != 0;
        set
        {
            SetFlag(TcpFlag.KeepAlive, value);
            _keepAliveDue = value ? (Now + _table.Settings.KeepAliveTime).Nanoseconds : Never;
            Arm();
        }
    }

    /// <summary>
    /// True to go on writing after the other side's FIN; by default the end of its stream ends ours, once OnClosed has been
    /// called and what is queued has been sent.
    /// </summary>
    public bool AllowHalfOpen
    {
        get => (_flags & TcpFlag.AllowHalfOpen) != 0;
        set => SetFlag(TcpFlag.AllowHalfOpen, value);
    }

    /// <summary>True once nobody listens to its events: it lives on until the protocol has ended it (an orphan).</summary>
    public bool IsOrphan => (_flags & TcpFlag.Orphan) != 0;

    /// <summary>The congestion window in bytes.</summary>
    public int CongestionWindow => _congestionWindow;

    /// <summary>The slow start threshold in bytes; <see cref="int.MaxValue"/> until the first loss.</summary>
    public int SlowStartThreshold => _slowStartThreshold;

    /// <summary>The smoothed round trip time; zero before the first measurement.</summary>
    public Duration RoundTripTime => new(_smoothedRtt);

    /// <summary>The variation of the round trip time (RFC 6298).</summary>
    public Duration RoundTripVariation => new(_rttVariation);

    /// <summary>The present retransmission timeout with its backoff.</summary>
    public Duration RetransmissionTimeout => new(TimeoutNanoseconds());

    /// <summary>The timeouts in a row so far.</summary>
    public int Backoff => _backoff;

    /// <summary>Segments sent again.</summary>
    public int Retransmissions => _retransmissions;

    /// <summary>The largest payload of a segment, options of every segment taken off.</summary>
    public int SegmentSize => _segmentSize;

    /// <summary>The timer that `ss -o` would show, and when it is due; <see cref="TcpTimer.None"/> if none runs.</summary>
    public TcpTimer Timer => RunningTimer(out _);

    /// <summary>When <see cref="Timer"/> is due.</summary>
    public SimTime TimerDue
    {
        get
        {
            RunningTimer(out long due);
            return new SimTime(due);
        }
    }

    internal TcpListener? Listener => _listener;

    internal byte MinimumTtl => _minimumTtl;

    internal byte Ttl => _ttl;

    internal byte TrafficClass => _trafficClass;

    /// <summary>The device of a link-local peer, or null.</summary>
    internal NetDevice? Device => _device;

    /// <summary>The device that a link-local peer is on.</summary>
    internal void BindScope(NetDevice? scope) => _device = RemoteAddress.IsIPv6 && RemoteAddress.IPv6.NeedsScope ? scope : null;

    internal byte[]? SignatureKey => _signatureKey;

    /// <summary>Where its packets go, for IPv4; null while that has to be asked for each.</summary>
    internal SocketWay? Way;

    /// <summary>Position in the list of sockets.</summary>
    internal int Row = -1;

    internal uint Hash;

    private SimTime Now => _table.Node.Now;

    public int Read(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _receive.Count);
        if (count > 0)
        {
            _receive.Peek(0, destination[..count]);
            _receive.Discard(_table.Buffers, count, keep: _outOfOrder is not null);
            AfterRead();
        }

        if (_receive.Count == 0)
        {
            _flags &= ~TcpFlag.ReadableRaised;
        }

        return count;
    }

    public int Write(ReadOnlySpan<byte> source)
    {
        if ((_flags & TcpFlag.FinQueued) != 0 || State is not (TcpState.Established or TcpState.CloseWait))
        {
            return 0;
        }

        int count = Math.Min(source.Length, _table.Settings.SendBuffer - _send.Count);
        if (count > 0)
        {
            _send.Write(_table.Buffers, source[..count]);
            Output();
            Arm();
        }

        if (count < source.Length)
        {
            _flags |= TcpFlag.WriteFellShort;
        }

        return Math.Max(count, 0);
    }

    /// <summary>Closes the sending side after what is queued (shutdown(SHUT_WR)); reading goes on.</summary>
    public void ShutdownWrite()
    {
        if ((_flags & TcpFlag.FinQueued) != 0)
        {
            return;
        }

        switch (State)
        {
            case TcpState.Established or TcpState.CloseWait or TcpState.SynReceived:
                _flags |= TcpFlag.FinQueued;
                ChangeState(TcpEvent.Close);
                Output();
                Arm();
                break;
            case TcpState.SynSent:
                Release(TcpEvent.Close);
                break;
            default:
                break;
        }
    }

    public void Close()
    {
        if (IsOrphan)
        {
            return;
        }

        // RFC 2525 section 2.17: bytes that nobody will read are lost, and the other side is told so.
        if (_receive.Count > 0 && State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2)
        {
            Abort();
            return;
        }

        Orphan();
        ShutdownWrite();
        if (State == TcpState.FinWait2)
        {
            _stateDue = (Now + _table.Settings.FinTimeout).Nanoseconds;
            Arm();
        }
    }

    public void Abort()
    {
        Orphan();
        if (State is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait)
        {
            // RFC 9293 section 3.10.5.
            SendReset();
        }

        Release(TcpEvent.Reset);
    }

    /// <summary>
    /// Ends the connection for the administrator (tcp_abort): the other side is reset where it has one, the owner is told. False if
    /// it was over already.
    /// </summary>
    internal bool Kill()
    {
        if (State == TcpState.Closed)
        {
            return false;
        }

        // A passive one without its last ACK is a request only, which the other side is not told about (inet_csk_reqsk_queue_drop).
        bool isRequest = State == TcpState.SynReceived && _listener is not null;
        if (!isRequest && State is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait)
        {
            SendReset();
        }

        End(StreamCloseReason.Aborted);
        return true;
    }

    public int Touch() =>
        (int)Due.Nanoseconds + (int)_lastSent + (int)_lossDue + (int)_smoothedRtt + (int)_sendUnacknowledged + _segmentSize + _send.Count
        + (int)LocalAddress.Family + (int)RemoteAddress.Family;

    /// <summary>Reads what the owner needs, once the connection has been read.</summary>
    internal int TouchOwner() =>
        (_handler is not null ? _handler.Touch() : _listener?.Acceptor.Touch(RemoteAddress) ?? 0) + (_sent?.Count ?? 0);

    public override string ToString() => $"{LocalAddress}:{LocalPort} {RemoteAddress}:{RemotePort} {State}";

    /// <summary>Gives the connection its owner: at connect, or when an acceptor has taken it.</summary>
    internal void Own(IByteStreamHandler handler) => _handler = handler;

    /// <summary>The network goes away under it: no segment leaves, the owner is told.</summary>
    internal void Destroy()
    {
        if (State != TcpState.Closed)
        {
            End(StreamCloseReason.Destroyed);
        }
    }

    /// <summary>A connection that could not even begin: its owner is told at this very instant, but later.</summary>
    internal void Refuse(StreamCloseReason reason)
    {
        _table.Counters.AttemptFails++;
        _closeReason = reason;
        Raise(TcpPending.Closed);
    }

    /// <summary>A new SYN takes over from TIME-WAIT.</summary>
    internal void Reopen() => Release(TcpEvent.Timeout);

    /// <summary>A segment did not fit the device: the next ones will.</summary>
    internal void LowerSegmentSize() => UpdateSegmentSize();

    /// <summary>Tells the owner what has happened. Called from the event loop only, as the last thing about a segment.</summary>
    internal void RaiseEvents()
    {
        if (_listener is not null && (_pending & TcpPending.Connected) != 0)
        {
            OfferToAcceptor(_listener);
        }

        while (_pending != TcpPending.None && _handler is not null)
        {
            if ((_pending & TcpPending.Connected) != 0)
            {
                _pending &= ~TcpPending.Connected;
                _handler.OnConnected(this);
            }
            else if ((_pending & TcpPending.Readable) != 0)
            {
                _pending &= ~TcpPending.Readable;
                if (_receive.Count > 0)
                {
                    _flags |= TcpFlag.ReadableRaised;
                    _handler.OnReadable(this);
                }
            }
            else if ((_pending & TcpPending.Writable) != 0)
            {
                _pending &= ~TcpPending.Writable;
                _handler.OnWritable(this);
            }
            else
            {
                _pending = TcpPending.None;
                RaiseClosed(_handler);
            }
        }
    }

    /// <summary>The handshake of a passive connection is complete: its listener's acceptor names an owner, or refuses it.</summary>
    private void OfferToAcceptor(TcpListener listener)
    {
        _pending &= ~TcpPending.Connected;
        _listener = null;
        listener.Forget(this);
        IByteStreamHandler? handler = listener.Acceptor.Accept(this);
        if (handler is null)
        {
            Abort();
        }
        else if (!IsOrphan)
        {
            _handler = handler;
        }
    }

    private void RaiseClosed(IByteStreamHandler handler)
    {
        bool halfOpen = _closeReason == StreamCloseReason.EndOfStream && AllowHalfOpen;
        if (!halfOpen)
        {
            _flags &= ~TcpFlag.Open;
        }

        handler.OnClosed(this, _closeReason);
        if (halfOpen || IsOrphan)
        {
            return;
        }

        Orphan();
        if (_closeReason == StreamCloseReason.EndOfStream)
        {
            ShutdownWrite();
        }
    }

    /// <summary>No more events; what was not read is thrown away.</summary>
    private void Orphan()
    {
        _handler = null;
        _pending = TcpPending.None;
        _flags = (_flags & ~TcpFlag.Open) | TcpFlag.Orphan;
        _receive.Clear(_table.Buffers);
        _table.Return(ref _outOfOrder);
    }

    /// <summary>The connection is over for a reason that its owner must be told.</summary>
    private void End(StreamCloseReason reason)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            _table.Counters.AttemptFails++;
        }

        _closeReason = reason;
        _flags &= ~TcpFlag.Open;
        Release(TcpEvent.Reset);
        if (_handler is not null)
        {
            Raise(TcpPending.Closed);
        }
    }

    /// <summary>Frees everything but what can still be read; the object may live on in its owner's hands.</summary>
    private void Release(TcpEvent cause)
    {
        ChangeState(cause);
        Debug.Assert(State == TcpState.Closed, "Only what is over is released.");
        _listener?.Forget(this);
        _listener = null;
        _send.Clear(_table.Buffers);
        _table.Return(ref _outOfOrder);
        _table.Return(ref _scoreboard);
        _table.Return(ref _sent);
        if (_handler is null)
        {
            _receive.Clear(_table.Buffers);
        }

        _retransmitDue = _lossDue = _acknowledgeDue = _keepAliveDue = _stateDue = Never;
        _table.Node.Cancel(this);
        _table.Remove(this);
    }

    /// <summary>Notes an event for the owner; outside of a segment's handling a timer at this very instant brings it.</summary>
    private void Raise(TcpPending what)
    {
        _pending |= what;
        if (!ReferenceEquals(_table.Handling, this))
        {
            _table.Node.Schedule(this, Now);
        }
    }

    private void ChangeState(TcpEvent happened)
    {
        TcpState before = State;
        State = TcpTransitions.Next(before, happened);
        if (State != before)
        {
            _table.NoteStateChange(this, before);
        }
    }

    private void SetFlag(TcpFlag flag, bool on) => _flags = on ? _flags | flag : _flags & ~flag;
}
