using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Tcp;

/// <summary>
/// TCP of one namespace, for both families (net/ipv4/tcp.c, tcp_ipv4.c, tcp_ipv6.c): sockets by address and port, ports,
/// initial sequence numbers, counters. The other parts take segments in and send them out.
/// </summary>
public sealed partial class TcpTable
{
    private readonly NetworkNamespace _space;
    private readonly TcpConnectionIndex _connections = new();
    private readonly Dictionary<ushort, List<TcpListener>> _listeners = [];
    private readonly Stack<SequenceRanges> _ranges = new();
    private readonly Stack<SentSegments> _sentPool = new();
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly RandomSource _random;
    private TcpCounters _counters;
    private int _nextPort;
    private long _challengeSecond;
    private int _challenges;

    internal TcpTable(NetworkNamespace space)
    {
        _space = space;
        Node = space.Node;
        Buffers = Node.Emulation.StreamBuffers;
        _random = space.Node.Random(space.Name.Length == 0 ? "tcp-isn" : $"{space.Name}/tcp-isn");
        _nextPort = (int)_random.NextBelow(1 << 16);
        Transport = new TcpTransport(this);
    }

    /// <summary>Raised for each ICMP error about a connection's segment, before the connection takes it.</summary>
    public event Action<TcpConnection, IcmpError>? ErrorReported;

    /// <summary>This TCP as byte streams.</summary>
    public TcpTransport Transport { get; }

    public ref TcpCounters Counters => ref _counters;

    /// <summary>The number of connections in any state.</summary>
    public int Count => _connections.Count;

    /// <summary>The number of connections in ESTABLISHED or CLOSE-WAIT (CurrEstab).</summary>
    public int Established { get; private set; }

    /// <summary>Bytes written on any connection that the other side has not acknowledged.</summary>
    public long PendingBytes
    {
        get
        {
            long pending = 0;
            foreach (TcpConnection? connection in _connections.Rows)
            {
                pending += connection?.UnacknowledgedBytes ?? 0;
            }

            return pending;
        }
    }

    internal TcpSettings Settings => _space.Settings.Tcp;

    internal Node Node { get; }

    internal StreamBufferPool Buffers { get; }

    /// <summary>The connection whose segment or timer is being handled: its events wait until that is done.</summary>
    internal TcpConnection? Handling { get; set; }

    /// <summary>The connections by local port, then by the other side.</summary>
    public IEnumerable<TcpConnection> Connections()
    {
        List<TcpConnection> all = [];
        foreach (TcpConnection? connection in _connections.Rows)
        {
            if (connection is not null)
            {
                all.Add(connection);
            }
        }

        return all.OrderBy(c => c.LocalPort).ThenBy(c => c.LocalAddress).ThenBy(c => c.RemoteAddress).ThenBy(c => c.RemotePort);
    }

    /// <summary>The listening sockets by port, then in the order of their opening.</summary>
    public IEnumerable<TcpListener> Listeners() => _listeners.OrderBy(p => p.Key).SelectMany(p => p.Value);

    /// <summary>Starts a connection; what comes of it is told to <paramref name="handler"/>, never inside this call.</summary>
    public TcpConnection Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler) =>
        Connect(remote, port, options, handler, out _);

    /// <summary>The same, with the errno of a connection that could not even begin.</summary>
    public TcpConnection Connect(
        InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler, out Errno error)
    {
        if (Node.Emulation.IsBuilding)
        {
            // Segments can be sent once the nodes stand in shards.
            _ = Node.Emulation.Shards;
        }

        NetDevice? scope = options.Device is null ? null : _space.FindDevice(options.Device);
        error = SelectSource(remote, options.LocalAddress, scope, options.TrafficClass, out InternetAddress local);
        if (error == Errno.None && remote.IsUnspecified)
        {
            // No address is this host (tcp_v4_connect, tcp_v6_connect).
            remote = remote.IsIPv4 ? local : IPv6Address.Loopback;
        }

        ushort localPort = options.LocalPort;
        if (error == Errno.None && localPort != 0 && _connections.Find(local, localPort, remote, port) is not null)
        {
            error = Errno.EADDRINUSE;
        }

        if (error == Errno.None && localPort == 0 && !TryPickPort(local, remote, port, out localPort))
        {
            error = Errno.EADDRNOTAVAIL;
        }

        TcpConnection connection = new(this, local, localPort, remote, port, options);
        connection.BindScope(scope);
        connection.Own(handler);
        if (error != Errno.None)
        {
            connection.Refuse(StreamCloseReason.Unreachable);
            return connection;
        }

        _counters.ActiveOpens++;
        _connections.Add(connection);
        connection.StartActive();
        return connection;
    }

    /// <summary>Listens; null with EADDRINUSE, or EADDRNOTAVAIL if the address is not ours.</summary>
    public TcpListener? Listen(InternetAddress local, ushort port, IByteStreamAcceptor acceptor, out Errno error)
    {
        error = Errno.None;
        if (!local.IsNone && !local.IsUnspecified && !IsOwn(local))
        {
            error = Errno.EADDRNOTAVAIL;
            return null;
        }

        List<TcpListener> listeners = _listeners.TryGetValue(port, out List<TcpListener>? existing) ? existing : [];
        if (listeners.Exists(l => l.LocalAddress == local || l.Takes(local) || (local.IsUnspecified && l.LocalAddress.Family == local.Family)))
        {
            error = Errno.EADDRINUSE;
            return null;
        }

        TcpListener listener = new(this, local, port, acceptor);
        listeners.Add(listener);
        _listeners[port] = listeners;
        return listener;
    }

    /// <summary>The connection between two sockets, or null.</summary>
    public TcpConnection? Find(InternetAddress local, ushort localPort, InternetAddress remote, ushort remotePort) =>
        _connections.Find(local, localPort, remote, remotePort);

    internal void Close(TcpListener listener)
    {
        if (!_listeners.TryGetValue(listener.LocalPort, out List<TcpListener>? listeners) || !listeners.Remove(listener))
        {
            return;
        }

        if (listeners.Count == 0)
        {
            _listeners.Remove(listener.LocalPort);
        }

        foreach (TcpConnection? connection in _connections.Rows.ToArray())
        {
            if (connection is not null && ReferenceEquals(connection.Listener, listener))
            {
                // inet_csk_listen_stop: who has not finished the handshake finds nobody.
                connection.Abort();
            }
        }
    }

    /// <summary>The namespace ends: no segment is sent, owners are told.</summary>
    internal void Destroy()
    {
        foreach (TcpConnection? connection in _connections.Rows.ToArray())
        {
            connection?.Destroy();
        }

        _listeners.Clear();
    }

    /// <summary>Reads what every segment needs; see <see cref="SegmentWarmer"/>.</summary>
    internal int Touch() => _connections.Touch() + (int)_counters.InSegs + _nextPort;

    /// <summary>Reads where the search for a connection begins.</summary>
    internal int TouchSlot(uint hash) => _connections.TouchSlot(hash);

    /// <summary>The connection that a search will probably find.</summary>
    internal TcpConnection? Guess(uint hash) => _connections.Guess(hash);

    /// <summary>Reads what a SYN needs.</summary>
    internal int TouchListener(ushort port, InternetAddress source) =>
        _listeners.TryGetValue(port, out List<TcpListener>? listeners) ? listeners[0].OptionsFor(source).Ttl : 0;

    internal void Remove(TcpConnection connection) => _connections.Remove(connection);

    internal void NoteStateChange(TcpConnection connection, TcpState before)
    {
        Established += (connection.State is TcpState.Established or TcpState.CloseWait ? 1 : 0)
            - (before is TcpState.Established or TcpState.CloseWait ? 1 : 0);
    }

    internal uint NextInitialSequence() => _random.NextUInt32();

    internal uint NextTimestampOffset() => _random.NextUInt32();

    /// <summary>True while this second's challenge ACKs are not used up (RFC 5961 section 7).</summary>
    internal bool TakeChallenge()
    {
        long second = Node.Now.Nanoseconds / 1_000_000_000;
        if (second != _challengeSecond)
        {
            _challengeSecond = second;
            _challenges = 0;
        }

        return _challenges++ < Settings.ChallengeAckLimit;
    }

    internal SentSegments RentSent() => _sentPool.TryPop(out SentSegments? sent) ? sent : new SentSegments();

    internal void Return(ref SentSegments? sent)
    {
        if (sent is not null)
        {
            sent.Clear();
            _sentPool.Push(sent);
            sent = null;
        }
    }

    internal SequenceRanges RentRanges() => _ranges.TryPop(out SequenceRanges? ranges) ? ranges : new SequenceRanges();

    internal void Return(ref SequenceRanges? ranges)
    {
        if (ranges is not null)
        {
            ranges.Clear();
            _ranges.Push(ranges);
            ranges = null;
        }
    }

    /// <summary>The bytes of a signature key, shared by all connections that use it.</summary>
    internal byte[] KeyBytes(string key)
    {
        if (!_keys.TryGetValue(key, out byte[]? bytes))
        {
            bytes = Encoding.UTF8.GetBytes(key);
            _keys.Add(key, bytes);
        }

        return bytes;
    }

    private bool IsOwn(InternetAddress address) =>
        address.IsIPv4 ? _space.IPv4.IsDeliveredHere(address.IPv4) || address.IPv4.IsLoopback : _space.IPv6.IsLocal(address.IPv6);

    private bool TryPickPort(InternetAddress local, InternetAddress remote, ushort remotePort, out ushort port)
    {
        int first = _space.Settings.LocalPortFirst;
        int count = _space.Settings.LocalPortLast - first + 1;
        for (int i = 0; i < count; i++)
        {
            port = (ushort)(first + (_nextPort++ % count));
            if (!_listeners.ContainsKey(port) && _connections.Find(local, port, remote, remotePort) is null)
            {
                return true;
            }
        }

        port = 0;
        return false;
    }
}
