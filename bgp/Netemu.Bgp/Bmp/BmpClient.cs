using System;
using System.Collections.Generic;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Bmp;

/// <summary>
/// The connection to one monitoring station. What it has yet to be told waits as names of routes, not as bytes: a route
/// that changes ten times meanwhile is told once. A station that falls too far behind is cut off and starts anew.
/// </summary>
public sealed partial class BmpClient : TimerEntry, IByteStreamHandler
{
    private readonly BgpSpeaker _speaker;
    private readonly BmpMonitor _monitor;
    private readonly BmpOutput _output = new();
    private readonly Queue<BmpItem> _items = [];
    private readonly HashSet<BmpItem> _noted = [];
    private readonly CallbackTimer _statistics;

    /// <summary>The sessions that the station knows to be up, by the neighbour's number.</summary>
    private readonly Dictionary<ushort, int> _told = [];

    private IByteStream? _stream;
    private Duration _retry;
    private SimTime _connected;
    private bool _isGreeted;

    internal BmpClient(BgpSpeaker speaker, BmpMonitor monitor, BmpStation station)
    {
        _speaker = speaker;
        _monitor = monitor;
        Station = station;
        _retry = station.MinimumRetry;
        _statistics = new CallbackTimer(SendStatistics);
    }

    public BmpStation Station { get; }

    /// <summary>True once the station has been greeted: nothing goes before Initiation (RFC 7854 section 4.3).</summary>
    public bool IsConnected => _isGreeted && _stream is { IsOpen: true };

    /// <summary>The local end of the connection; none without one.</summary>
    public InternetAddress LocalAddress => IsConnected ? _stream!.LocalAddress : default;

    /// <summary>When the connection came up; null without one.</summary>
    public SimTime? ConnectedSince => IsConnected ? _connected : null;

    /// <summary>When the next attempt is due; null while there is a connection or an attempt.</summary>
    public SimTime? NextAttempt => IsArmed ? Due : null;

    /// <summary>Connections that have been up, this one included.</summary>
    public int Connections { get; private set; }

    /// <summary>Connections that were cut because the station did not keep up.</summary>
    public int Overruns { get; private set; }

    /// <summary>Route Monitoring messages that were written on all connections.</summary>
    public long RoutesSent { get; private set; }

    /// <summary>Bytes that were written on all connections.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Changes and bytes that wait for the station.</summary>
    public (int Changes, int Bytes) Waiting => (_items.Count, _output.Length);

    /// <summary>An attempt is due.</summary>
    public override void Expire() => Start();

    internal void Start()
    {
        StreamOptions options = StreamOptions.Default with { LocalAddress = Station.LocalAddress };
        _stream = _speaker.Services.Transport.Connect(Station.Address, Station.Port, options, this);
    }

    /// <summary>Says why and closes (RFC 7854 section 4.5).</summary>
    /// <param name="permanently">True if the station was taken out of the configuration.</param>
    internal void Stop(bool permanently)
    {
        if (IsConnected)
        {
            Send();
            WriteTermination(permanently);
            if (_output.Drain(_stream!))
            {
                _stream!.Close();
                _stream = null;
            }
        }

        Destroy();
    }

    internal void Destroy()
    {
        _stream?.Abort();
        Forget();
        _speaker.Scheduler.Cancel(this);
    }

    /// <summary>Something to tell, unless it waits already. <see cref="Send"/> follows.</summary>
    internal void Add(in BmpItem item)
    {
        if (!IsConnected || (item.Kind == BmpItemKind.Route && (!Wants(item.IsIPv6) || !_noted.Add(item))))
        {
            return;
        }

        _items.Enqueue(item);
        if (_items.Count > Station.MaximumPending)
        {
            Overruns++;
            _stream!.Abort();
            Retry();
        }
    }

    /// <summary>Writes until the station takes no more or knows everything.</summary>
    internal void Send()
    {
        while (IsConnected && _output.Drain(_stream!) && Fill())
        {
        }
    }

    void IByteStreamHandler.OnConnected(IByteStream stream)
    {
        _connected = _speaker.Scheduler.Now;
        _retry = Station.MinimumRetry;
        Connections++;
        _isGreeted = true;
        WriteInitiation();
        foreach (BgpSession session in _speaker.Neighbors)
        {
            if (_monitor.PeerOf(session) is { IsUp: true } peer)
            {
                _items.Enqueue(new BmpItem(BmpItemKind.PeerUp, session.Index, peer.Epoch));
            }
        }

        _items.Enqueue(new BmpItem(BmpItemKind.Table, 0, 0));
        if (Station.StatisticsInterval > Duration.Zero)
        {
            _speaker.Scheduler.Schedule(_statistics, _connected + Station.StatisticsInterval);
        }

        Send();
    }

    void IByteStreamHandler.OnReadable(IByteStream stream)
    {
        // RFC 7854 section 3.1: no message is ever sent to the monitored router.
        Span<byte> ignored = stackalloc byte[256];
        while (stream.Read(ignored) > 0)
        {
        }
    }

    void IByteStreamHandler.OnWritable(IByteStream stream) => Send();

    void IByteStreamHandler.OnClosed(IByteStream stream, StreamCloseReason reason) => Retry();

    /// <summary>Waits, each time twice as long (RFC 7854 section 3.2).</summary>
    private void Retry()
    {
        Forget();
        _speaker.Scheduler.Schedule(this, _speaker.Scheduler.Now + _retry);
        _retry = _retry + _retry > Station.MaximumRetry ? Station.MaximumRetry : _retry + _retry;
    }

    private void Forget()
    {
        _stream = null;
        _isGreeted = false;
        _output.Clear();
        _items.Clear();
        _noted.Clear();
        _told.Clear();
        _table = default;
        _speaker.Scheduler.Cancel(_statistics);
    }

    private bool Wants(bool isIPv6) => Wants(isIPv6, postPolicy: false) || Wants(isIPv6, postPolicy: true);

    private bool Wants(bool isIPv6, bool postPolicy)
    {
        BmpFeeds feed = postPolicy
            ? isIPv6 ? BmpFeeds.IPv6PostPolicy : BmpFeeds.IPv4PostPolicy
            : isIPv6 ? BmpFeeds.IPv6PrePolicy : BmpFeeds.IPv4PrePolicy;
        return (Station.Feeds & feed) != 0;
    }

    private void SendStatistics()
    {
        _speaker.Scheduler.Schedule(_statistics, _speaker.Scheduler.Now + Station.StatisticsInterval);
        BmpItem item = new(BmpItemKind.Statistics, 0, 0);
        if (_noted.Add(item))
        {
            Add(item);
        }

        Send();
    }
}
