using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>
/// A BGP speaker: its sessions, its RIBs, and one timer for all deadlines. It runs on whatever transport and scheduler
/// it
/// is given, on one thread, and allocates no Task, no Timer and no Channel.
/// </summary>
public sealed partial class BgpSpeaker : IByteStreamAcceptor, IRibPeers
{
    /// <summary>What connections carry of neighbours that nothing else is configured of, and of strangers.</summary>
    private static readonly StreamOptions s_plainOptions = new() { TrafficClass = BgpSession.NetworkControl };

    private static readonly Duration s_ownChangesDelay = Duration.FromMilliseconds(100);

    /// <summary>Sessions that are brought into the cache together: about as many misses as a core keeps under way.</summary>
    internal const int TouchedAtOnce = 16;

    /// <summary>How far apart the instants are at which a speaker looks at its sessions' timers.</summary>
    private static readonly Duration s_tick = Duration.FromMilliseconds(10);

    private readonly List<BgpSession?> _sessions = [];
    private readonly NeighborIndex _index;
    private readonly List<IByteStreamListener> _listeners = [];
    private readonly DeadlineTable _deadlines = new();
    private readonly Duration _tickPhase;
    private bool _isWalkingDeadlines;
    private int _touched;
    private readonly CallbackTimer _deadlineTimer;
    private readonly CallbackTimer _flushTimer;
    private readonly CallbackTimer _resolveTimer;
    private readonly RouteTable _ipv4;
    private readonly RouteTable _ipv6;
    private readonly List<UpdateGroup> _groups = [];

    /// <summary>The group that was found last: most neighbours of a speaker are alike.</summary>
    private UpdateGroup? _lastGroup;
    private int _freeNumbers;
    private int _awaited;
    private int _awaitedKeepalives;
    private int _stale;
    private bool _nextHopsChanged;
    private readonly CallbackTimer _deferralTimer;
    private readonly CallbackTimer _forgetTimer;
    private bool _isPublishing;
    private StreamOptions? _options;
    private (BgpNeighborConfiguration? Configuration, bool IsInternal) _optionsOf;

    public BgpSpeaker(BgpSpeakerConfiguration configuration, BgpServices services)
    {
        Configuration = configuration;
        Services = services;
        Scheduler = services.Scheduler;
        Tables = services.Tables;
        Observer = services.Observer;
        _index = new NeighborIndex(_sessions, services.Tables.Addresses);
        // Different speakers tick at different times, as different processes do.
        _tickPhase = Duration.FromNanoseconds((long)(ByteHash.Mix(configuration.RouterId) % (ulong)s_tick.Nanoseconds));
        _deadlineTimer = new CallbackTimer(ExpireDeadlines);
        _flushTimer = new CallbackTimer(Flush);
        _resolveTimer = new CallbackTimer(OnNextHopsChanged);
        _deferralTimer = new CallbackTimer(EndDeferral);
        _reuseTimer = new CallbackTimer(ReuseDamped);
        _forgetTimer = new CallbackTimer(ForgetGone);
        _conditionTimer = new CallbackTimer(LookAtConditions);
        _startupTimer = new CallbackTimer(EndStartup);
        _ipv4 = new RouteTable(Tables.IPv4Prefixes, Tables.Attributes, Tables.Pages, configuration.BestPath, this);
        _ipv6 = new RouteTable(Tables.IPv6Prefixes, Tables.Attributes, Tables.Pages, configuration.BestPath, this);
        SetAggregates(configuration.Aggregates);
        foreach (BgpNetwork network in configuration.Networks)
        {
            Announce(network);
        }

        ReserveNeighbors(configuration.Neighbors.Count);
        foreach (BgpNeighbor neighbor in configuration.Neighbors)
        {
            AddSession(neighbor.Address, neighbor.Configuration, isDynamic: false);
        }
    }

    public BgpSpeakerConfiguration Configuration
    {
        get;
        [MemberNotNull(nameof(Timers))]
        private set
        {
            field = value;
            Timers = value.Timers;
        }
    }

    public BgpServices Services { get; }

    public bool IsRunning { get; private set; }

    /// <summary>
    /// True between a <see cref="Start"/> that is a graceful restart and the selection of routes (RFC 4724 section 4.1).
    /// </summary>
    public bool IsRestarting { get; private set; }

    /// <summary>True while a restarting speaker waits for what its neighbours have, and decides nothing.</summary>
    internal bool DefersSelection => IsRestarting;

    /// <summary>The neighbours in the order of their configuration.</summary>
    public IEnumerable<BgpSession> Neighbors
    {
        get
        {
            foreach (BgpSession? session in _sessions)
            {
                if (session is not null)
                {
                    yield return session;
                }
            }
        }
    }

    /// <summary>The last time a best path changed.</summary>
    public SimTime LastRouteChange { get; private set; }

    // What every event needs stands in the speaker itself: in a mesh of a thousand each object on the way is a cache miss.
    internal BgpTables Tables { get; }

    internal IScheduler Scheduler { get; }

    internal IBgpObserver? Observer { get; }

    /// <summary>The timers of neighbours that have none of their own.</summary>
    internal BgpTimers Timers { get; private set; }

    /// <summary>Listens and starts every neighbour.</summary>
    /// <param name="restarting">
    /// True if this is a graceful restart: forwarding goes on with the routes of the time before, neighbours are told
    /// so, and nothing is selected or announced before they have sent what they have (RFC 4724 section 4.1).
    /// </param>
    public void Start(bool restarting = false)
    {
        IsRunning = true;
        IsRestarting = restarting;
        if (restarting)
        {
            Scheduler.Schedule(_deferralTimer, Scheduler.Now + Configuration.SelectionDeferral);
        }

        Listen();
        ApplyStations();
        if (Services.NextHops is not null)
        {
            Services.NextHops.Changed += OnNextHopsChanged;
        }

        _deadlines.Reserve(_sessions.Count);
        foreach (BgpSession? session in _sessions)
        {
            session?.Start();
        }

        ArmConditions();
        ScheduleFlush();
    }

    /// <summary>Says goodbye to every neighbour (Cease, administrative shutdown) and stops listening.</summary>
    public void Stop()
    {
        foreach (BgpSession? session in _sessions)
        {
            session?.Stop(BgpErrorSubcode.AdministrativeShutdown);
        }

        Flush();
        StopMonitoring(destroyed: false);
        Halt();
    }

    /// <summary>The node went down or the process was killed: nothing is sent, every timer is gone.</summary>
    public void Destroy()
    {
        foreach (BgpSession? session in _sessions)
        {
            session?.Destroy();
        }

        foreach (UpdateGroup group in _groups)
        {
            group.Destroy();
        }

        _groups.Clear();
        _lastGroup = null;
        _ipv4.Clear();
        _ipv6.Clear();
        StopMonitoring(destroyed: true);
        Halt();
    }

    /// <summary>
    /// The network around has changed: until a keepalive has come, or the hold timer has fired, each established
    /// session
    /// holds a token of convergence.
    /// </summary>
    public void ExpectLiveness()
    {
        foreach (BgpSession? session in _sessions)
        {
            session?.ExpectLiveness();
        }
    }

    /// <summary>What keeps this speaker from being converged.</summary>
    public BgpPending Pending
    {
        get
        {
            BgpPending pending = _awaited > 0 ? BgpPending.SessionAttempt : BgpPending.None;
            pending |= _stale > 0 ? BgpPending.StaleRoutes : 0;
            pending |= IsRestarting ? BgpPending.StaleRoutes : 0;
            pending |= _flushTimer.IsArmed || _resolveTimer.IsArmed ? BgpPending.Changes : 0;
            foreach (UpdateGroup group in _groups)
            {
                pending |= group.HasContentWaiting ? BgpPending.AdvertisementInterval : 0;
            }

            pending |= _awaitedKeepalives > 0 ? BgpPending.Liveness : 0;
            if (Services.Transport.MayHoldUnacknowledged)
            {
                pending |= _sessions.Exists(session => session is { HasUnacknowledged: true }) ? BgpPending.UnacknowledgedBytes : 0;
            }

            return pending;
        }
    }

    /// <summary>The sessions that are configured to be up and are not, for the verdict.</summary>
    public IEnumerable<BgpSession> SessionsDown
    {
        get
        {
            foreach (BgpSession session in Neighbors)
            {
                if (!session.IsEstablished && !session.Configuration.Shutdown)
                {
                    yield return session;
                }
            }
        }
    }

    IByteStreamHandler? IByteStreamAcceptor.Accept(IByteStream stream)
    {
        BgpSession? session = _index.Find(stream.RemoteAddress) ?? AddFromRange(stream.RemoteAddress);
        return session?.AcceptIncoming(stream);
    }

    void IByteStreamAcceptor.AfterArrivals()
    {
        if (_flushTimer.IsArmed)
        {
            Flush();
        }
    }

    int IByteStreamAcceptor.Touch(InternetAddress remote) => _index.Find(remote)?.Touch() ?? 0;

    IPv4Address IRibPeers.IdentifierOf(ushort peer) =>
        peer == RouteTable.LocalPeer ? Configuration.RouterId : _sessions[peer]!.RemoteIdentifier;

    InternetAddress IRibPeers.AddressOf(ushort peer) =>
        peer == RouteTable.LocalPeer ? default : _sessions[peer]!.Address;

    uint IRibPeers.MetricOf(InternetAddress nextHop) =>
        Services.NextHops is not null && Services.NextHops.TryResolve(nextHop, out uint metric) ? metric : 0;

    internal RouteTable RoutesOf(AddressFamily family) => family == AddressFamily.IPv4 ? _ipv4 : _ipv6;

    internal bool IsMember(ushort peer, UpdateGroup group) =>
        ReferenceEquals(_sessions[peer]?.GroupOf(group.Key.Family), group);

    internal void CountAwaited(int change) => _awaited += change;

    internal void CountAwaitedKeepalives(int change) => _awaitedKeepalives += change;

    internal void CountStale(int change) => _stale += change;

    /// <summary>RFC 4271 section 10: a random 0.75 to 1.0 of the value.</summary>
    internal Duration Jitter(Duration value, BgpTimers timers)
    {
        long quarter = value.Nanoseconds / 4;
        return timers.Jitter && quarter > 0
            ? value - Duration.FromNanoseconds(Services.Random.NextBelow(quarter + 1))
            : value;
    }

    /// <summary>
    /// When a session's timer of this value is due. Timers with jitter are due at the speaker's ticks where that is within
    /// what the jitter allows, so that a speaker with a thousand sessions looks at many of them at once.
    /// </summary>
    internal SimTime DueAfter(Duration value, BgpTimers timers)
    {
        SimTime now = Scheduler.Now;
        SimTime due = now + Jitter(value, timers);
        if (!timers.Jitter)
        {
            return due;
        }

        SimTime tick = TickAfter(due);
        if (tick > now + value)
        {
            tick -= s_tick;
        }

        return tick - now >= value * 3 / 4 ? tick : due;
    }

    private SimTime TickAfter(SimTime time)
    {
        long past = (time + s_tick - _tickPhase).Nanoseconds % s_tick.Nanoseconds;
        return past == 0 ? time : time + s_tick - Duration.FromNanoseconds(past);
    }

    /// <summary>Reads what the speaker keeps of a session beside it, to have it in the cache.</summary>
    internal int Touch(BgpSession session) => _deadlines.Touch(session.Index);

    /// <summary>Takes the session's earliest deadline into the one timer.</summary>
    internal void Arm(BgpSession session)
    {
        _deadlines.Set(session.Index, session.NextDeadline());
        if (!_isWalkingDeadlines)
        {
            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        SimTime due = _deadlines.NextDue;
        if (due == SimTime.Never)
        {
            Scheduler.Cancel(_deadlineTimer);
        }
        else if (!_deadlineTimer.IsArmed || _deadlineTimer.Due > due)
        {
            Scheduler.Schedule(_deadlineTimer, due);
        }
    }

    private void ExpireDeadlines()
    {
        SimTime now = Scheduler.Now;
        _isWalkingDeadlines = true;
        Span<ushort> due = stackalloc ushort[TouchedAtOnce];
        int next = 0;
        for (int count = _deadlines.FindDue(now, ref next, due); count > 0; count = _deadlines.FindDue(now, ref next, due))
        {
            for (int i = 0; i < count; i++)
            {
                _touched += _sessions[due[i]]?.Touch() ?? 0;
            }

            for (int i = 0; i < count; i++)
            {
                BgpSession? session = _sessions[due[i]];
                session?.ExpireTimers();
                _deadlines.Set(due[i], session?.NextDeadline() ?? SimTime.Never);
            }
        }

        _isWalkingDeadlines = false;
        _deadlines.Recount();
        ArmTimer();
    }

    private void Listen()
    {
        if (Configuration.Listen.Count == 0)
        {
            AddListener(IPv4Address.Any);
            AddListener(IPv6Address.Any);
        }

        foreach (InternetAddress address in Configuration.Listen)
        {
            AddListener(address);
        }

        foreach (BgpSession session in Neighbors)
        {
            SetPeerOptions(session);
        }
    }

    private void AddListener(InternetAddress address)
    {
        if (Services.Transport.Listen(address, Configuration.Port, s_plainOptions, this) is IByteStreamListener listener)
        {
            _listeners.Add(listener);
        }
    }

    private void SetPeerOptions(BgpSession session)
    {
        StreamOptions options = OptionsOf(session);
        foreach (IByteStreamListener listener in _listeners)
        {
            listener.SetPeerOptions(session.Address, ReferenceEquals(options, s_plainOptions) ? null : options);
        }
    }

    /// <summary>What a neighbour's connections carry; neighbours in a row with one configuration share the object.</summary>
    internal StreamOptions OptionsOf(BgpSession session)
    {
        if (_options is null || _optionsOf != (session.Configuration, session.IsInternal))
        {
            _optionsOf = (session.Configuration, session.IsInternal);
            _options = BgpSession.OptionsOf(session.Configuration, session.IsInternal);
            if (_options == s_plainOptions)
            {
                _options = s_plainOptions;
            }
        }

        return _options;
    }

    private void Halt()
    {
        foreach (IByteStreamListener listener in _listeners)
        {
            listener.Close();
        }

        _listeners.Clear();
        if (Services.NextHops is not null && IsRunning)
        {
            Services.NextHops.Changed -= OnNextHopsChanged;
        }

        Scheduler.Cancel(_deadlineTimer);
        Scheduler.Cancel(_flushTimer);
        Scheduler.Cancel(_resolveTimer);
        Scheduler.Cancel(_deferralTimer);
        Scheduler.Cancel(_reuseTimer);
        Scheduler.Cancel(_forgetTimer);
        Scheduler.Cancel(_conditionTimer);
        Scheduler.Cancel(_startupTimer);
        IsRestarting = false;
        IsRunning = false;
    }

    private void OnNextHopsChanged()
    {
        if (!_isPublishing)
        {
            _nextHopsChanged = true;
            ScheduleFlush();
        }
        else if (!_resolveTimer.IsArmed)
        {
            // Our own routes have changed the tables. Next hops that resolve through them are rare, and a table that is
            // being learned changes a thousand times: they are looked at together.
            Scheduler.Schedule(_resolveTimer, Scheduler.Now + s_ownChangesDelay);
        }
    }
}
