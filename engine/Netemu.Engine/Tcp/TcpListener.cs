using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Engine.Tcp;

/// <summary>
/// A listening socket. A connection whose handshake is complete goes to the acceptor at once, so that only half-open ones
/// wait here; at <see cref="Backlog"/> of them, or of those that an owner has yet to accept, a SYN is dropped.
/// </summary>
public sealed class TcpListener : IByteStreamListener
{
    private readonly TcpTable _table;

    /// <summary>Of peers whose connections carry something else than those of all others.</summary>
    private Dictionary<InternetAddress, StreamOptions>? _peerOptions;

    internal TcpListener(TcpTable table, InternetAddress local, ushort port, IByteStreamAcceptor acceptor)
    {
        _table = table;
        LocalAddress = local;
        LocalPort = port;
        Acceptor = acceptor;
        Backlog = table.Settings.Backlog;
    }

    /// <summary>The bound address; none or unspecified for any.</summary>
    public InternetAddress LocalAddress { get; }

    public ushort LocalPort { get; }

    /// <summary>The second argument of listen(): Send-Q of `ss -l`.</summary>
    public int Backlog { get; set; }

    /// <summary>What the connections inherit, except those of peers with options of their own.</summary>
    public StreamOptions Options { get; set; } = StreamOptions.Default;

    /// <summary>TCP_NODELAY, which the connections inherit.</summary>
    public bool NoDelay { get; set; }

    /// <summary>Connections in SYN-RECEIVED.</summary>
    public int HalfOpen { get; private set; }

    /// <summary>Established connections that the owner has not accepted yet: Recv-Q of `ss -l`. The owner keeps it.</summary>
    public int Waiting { get; set; }

    /// <summary>sk_acceptq_is_full: a connection more than the backlog may wait.</summary>
    internal bool IsAcceptQueueFull => Waiting > Backlog;

    internal IByteStreamAcceptor Acceptor { get; }

    public void SetPeerOptions(InternetAddress peer, StreamOptions? options)
    {
        if (options is not null)
        {
            (_peerOptions ??= [])[peer] = options;
        }
        else
        {
            _peerOptions?.Remove(peer);
        }
    }

    public void Close() => _table.Close(this);

    internal StreamOptions OptionsFor(InternetAddress peer) => _peerOptions?.GetValueOrDefault(peer) ?? Options;

    /// <summary>True if a segment to that address is for this listener; :: takes both families, as bindv6only=0 says.</summary>
    internal bool Takes(InternetAddress destination) =>
        LocalAddress == destination || LocalAddress.IsNone
        || (LocalAddress.IsUnspecified && (LocalAddress.IsIPv6 || destination.IsIPv4));

    internal void Begin() => HalfOpen++;

    internal void Forget(TcpConnection connection)
    {
        _ = connection;
        HalfOpen--;
    }
}
