using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// A neighbour and the connection to it: performs what the state machine says. One object of about 250 bytes; timers
/// are
/// instants that the speaker's one timer walks, buffers exist only while something is in them.
/// </summary>
public sealed partial class BgpSession : IByteStreamHandler
{
    private readonly BgpSpeaker _speaker;
    private readonly int _address;
    private BgpConnection _main = BgpConnection.Unused;
    private SimTime _connectRetryDue = SimTime.Never;
    private SimTime _lastChange = SimTime.Never;
    private UndisturbedCounters _counters;
    private BgpNeighborConfiguration _configuration;
    private BgpCapabilities _localCapabilities;

    internal BgpSession(BgpSpeaker speaker, InternetAddress address, BgpNeighborConfiguration configuration, ushort index)
    {
        _speaker = speaker;
        _address = speaker.Tables.Addresses.NumberOf(address);
        _configuration = configuration;
        _localCapabilities = CapabilitiesOf(configuration);
        Index = index;
    }

    public InternetAddress Address => _speaker.Tables.Addresses[_address];

    /// <summary>What people call the neighbour: its interface if it is unnumbered, else its address.</summary>
    public string Name => _configuration.Interface ?? Address.ToString();

    public BgpNeighborConfiguration Configuration
    {
        get => _configuration;
        internal set
        {
            _configuration = value;
            _localCapabilities = CapabilitiesOf(value);
        }
    }

    /// <summary>True for a neighbour that came from a listen range.</summary>
    public bool IsDynamic { get; internal init; }

    /// <summary>Nobody is connected, and nothing that it has said is kept.</summary>
    internal bool IsGone => _main.Stream is null && Colliding is null && Stale is null && !Configuration.Shutdown;

    public BgpState State => _main.State;

    /// <summary>The AS of the neighbour: configured, or from its OPEN where nothing or AS_TRANS is; 0 while neither says it.</summary>
    public uint RemoteAs => _configuration.RemoteAs is uint configured and not (0 or OpenMessage.AsTrans) ? configured : LearnedAs();

    private uint LearnedAs() => _rest?.LearnedAs is uint learned and > 0 ? learned : _configuration.RemoteAs;

    /// <summary>The AS that this neighbour sees.</summary>
    public uint LocalAs => _configuration.LocalAs != 0 ? _configuration.LocalAs : ShownAs;

    public bool IsInternal => RemoteAs == _speaker.Configuration.As;

    public bool IsEstablished => _main.State == BgpState.Established;

    /// <summary>When the session became Established, or left it; null if it never did.</summary>
    public SimTime? LastChange => _lastChange == SimTime.Never ? null : _lastChange;

    /// <summary>The peer's BGP Identifier, once its OPEN has come.</summary>
    public IPv4Address RemoteIdentifier => _main.RemoteIdentifier;

    public BgpCapabilities LocalCapabilities =>
        _speaker.IsRestarting && Configuration.GracefulRestart
            ? _localCapabilities | BgpCapabilities.RestartState
            : _localCapabilities;

    public BgpCapabilities RemoteCapabilities => _main.RemoteCapabilities;

    /// <summary>Negotiated, in seconds.</summary>
    public ushort HoldTime => _main.HoldTime;

    public ushort KeepaliveTime => _main.KeepaliveTime;

    public InternetAddress LocalAddress => _main.Stream?.LocalAddress ?? default;

    public ushort LocalPort => _main.Stream?.LocalPort ?? 0;

    public ushort RemotePort => _main.Stream?.RemotePort ?? 0;

    public SessionCounters Counters => new()
    {
        UpdatesSent = _counters.UpdatesSent,
        UpdatesReceived = _counters.UpdatesReceived,
        KeepalivesSent = _counters.KeepalivesSent,
        KeepalivesReceived = _counters.KeepalivesReceived,
        OpensSent = _counters.OpensSent,
        OpensReceived = _counters.OpensReceived,
        NotificationsSent = _rest?.NotificationsSent ?? 0,
        NotificationsReceived = _rest?.NotificationsReceived ?? 0,
        RefreshesSent = _rest?.RefreshesSent ?? 0,
        RefreshesReceived = _rest?.RefreshesReceived ?? 0,
        UpdateErrors = _rest?.UpdateErrors ?? 0,
        Flaps = _rest?.Flaps ?? 0,
    };

    /// <summary>Why it is not Established.</summary>
    public NotEstablishedReason NotEstablished { get; private set; } = NotEstablishedReason.NotTried;

    /// <summary>When an Established session was last lost; null if it never was.</summary>
    public SimTime? LastReset => _rest is { } rest && rest.LastReset != SimTime.Never ? rest.LastReset : null;

    /// <summary>Seconds that the neighbour asks its routes to be kept while it restarts (RFC 4724); 0 before its OPEN.</summary>
    public ushort RemoteRestartTime => _main.RemoteRestartTime;

    /// <summary>True if the neighbour has been told a family's routes, and End-of-RIB after them.</summary>
    public bool HasToldEverything(AddressFamily family) => GroupOf(family) is not null;

    /// <summary>When the next connection attempt or restart is due; null if none is.</summary>
    public SimTime? NextAttempt => Earlier(_connectRetryDue, IdleHoldDue) is SimTime due && due != SimTime.Never ? due : null;

    /// <summary>Paths in the Adj-RIB-In.</summary>
    public int PrefixesReceived(AddressFamily family) => family == AddressFamily.IPv4 ? _ipv4Paths : _rest?.IPv6Paths ?? 0;

    /// <summary>Routes that this neighbour has been told.</summary>
    public int PrefixesSent(AddressFamily family) => _speaker.CountAdvertised(this, family);

    /// <summary>True if the family is exchanged on this session.</summary>
    public bool Has(AddressFamily family) =>
        IsEstablished && Both(family == AddressFamily.IPv4 ? BgpCapabilities.IPv4Unicast : BgpCapabilities.IPv6Unicast);

    /// <summary>The number of <see cref="Address"/> in the emulation's table.</summary>
    internal int AddressNumber => _address;

    /// <summary>The number that RIB rows know this neighbour by.</summary>
    internal ushort Index { get; }

    /// <summary>Holds a token of convergence: from each start until Established or a failed attempt.</summary>
    internal bool IsAwaited { get; private set; }

    /// <summary>Holds a token: the network has changed and no keepalive has come since.</summary>
    internal bool AwaitsKeepalive
    {
        get;
        private set
        {
            if (value != field)
            {
                field = value;
                _speaker.CountAwaitedKeepalives(value ? 1 : -1);
            }
        }
    }

    internal UpdateGroup? IPv4Group { get; private set; }

    internal bool HasUnacknowledged =>
        _main.Stream is { IsOpen: true } stream && (stream.UnacknowledgedBytes > 0 || Output is { IsEmpty: false });

    internal BgpTimers Timers => Configuration.Timers ?? _speaker.Timers;

    private IScheduler Scheduler => _speaker.Scheduler;

    internal UpdateGroup? GroupOf(AddressFamily family) =>
        family == AddressFamily.IPv4 ? IPv4Group : IPv6Group;

    /// <summary>Reads the session, to have it in the cache; the value means nothing.</summary>
    public int Touch() =>
        (int)(_main.HoldDue.Nanoseconds + _connectRetryDue.Nanoseconds + _lastChange.Nanoseconds)
        + _ipv4Paths + (int)_localCapabilities + (int)_counters.UpdatesReceived + _main.HoldTime + _speaker.Touch(this);

    /// <summary>Reads what sending will need.</summary>
    internal int TouchStream() => _main.Stream?.Touch() ?? 0;

    internal bool Both(BgpCapabilities capability) =>
        (_localCapabilities & _main.RemoteCapabilities & capability) == capability;

    /// <summary>RFC 7911 section 4: one side says that it sends, the other that it receives.</summary>
    internal bool ReceivesAddPath(AddressFamily family) => family == AddressFamily.IPv4
        ? Pair(BgpCapabilities.AddPathReceiveIPv4, BgpCapabilities.AddPathSendIPv4)
        : Pair(BgpCapabilities.AddPathReceiveIPv6, BgpCapabilities.AddPathSendIPv6);

    internal bool SendsAddPath(AddressFamily family) => family == AddressFamily.IPv4
        ? Pair(BgpCapabilities.AddPathSendIPv4, BgpCapabilities.AddPathReceiveIPv4)
        : Pair(BgpCapabilities.AddPathSendIPv6, BgpCapabilities.AddPathReceiveIPv6);

    private bool Pair(BgpCapabilities local, BgpCapabilities remote) =>
        (_localCapabilities & local) != 0 && (_main.RemoteCapabilities & remote) != 0;

    private static BgpCapabilities CapabilitiesOf(BgpNeighborConfiguration configuration)
    {
        BgpCapabilities capabilities = BgpCapabilities.None;
        capabilities |= configuration.IPv4Unicast ? BgpCapabilities.IPv4Unicast : 0;
        capabilities |= configuration.IPv6Unicast ? BgpCapabilities.IPv6Unicast : 0;
        capabilities |= configuration.FourOctetAs ? BgpCapabilities.FourOctetAs : 0;
        capabilities |= configuration.RouteRefresh
            ? BgpCapabilities.RouteRefresh | BgpCapabilities.EnhancedRouteRefresh
            : 0;
        capabilities |= configuration.ExtendedNextHop && configuration.IPv4Unicast
            ? BgpCapabilities.ExtendedNextHop
            : 0;
        capabilities |= configuration.ExtendedMessages ? BgpCapabilities.ExtendedMessage : 0;
        capabilities |= configuration.Role == BgpRole.None
            ? 0
            : (BgpCapabilities)((uint)BgpCapabilities.RoleProvider << ((byte)configuration.Role - 1));
        if (configuration.GracefulRestart)
        {
            capabilities |= BgpCapabilities.GracefulRestart;
            capabilities |= configuration.GracefulNotification ? BgpCapabilities.GracefulNotification : 0;
        }

        if (configuration.GracefulRestart && !configuration.GracefulRestartHelperOnly)
        {
            BgpCapabilities forwarding = configuration.PreservesForwarding ? BgpCapabilities.ForwardingIPv4 | BgpCapabilities.ForwardingIPv6 : 0;
            capabilities |= configuration.IPv4Unicast ? BgpCapabilities.GracefulIPv4 | (forwarding & BgpCapabilities.ForwardingIPv4) : 0;
            capabilities |= configuration.IPv6Unicast ? BgpCapabilities.GracefulIPv6 | (forwarding & BgpCapabilities.ForwardingIPv6) : 0;
        }

        if (configuration.GracefulRestart && configuration.LongLivedGracefulRestart)
        {
            capabilities |= BgpCapabilities.LongLived;
            capabilities |= configuration.IPv4Unicast && configuration.LongLivedStaleTime > 0
                ? BgpCapabilities.LongLivedIPv4 | BgpCapabilities.LongLivedForwardingIPv4 : 0;
            capabilities |= configuration.IPv6Unicast && configuration.LongLivedStaleTime > 0
                ? BgpCapabilities.LongLivedIPv6 | BgpCapabilities.LongLivedForwardingIPv6 : 0;
        }

        if (configuration.AddPathReceive)
        {
            capabilities |= configuration.IPv4Unicast ? BgpCapabilities.AddPathReceiveIPv4 : 0;
            capabilities |= configuration.IPv6Unicast ? BgpCapabilities.AddPathReceiveIPv6 : 0;
        }

        if (configuration.AddPathSend)
        {
            capabilities |= configuration.IPv4Unicast ? BgpCapabilities.AddPathSendIPv4 : 0;
            capabilities |= configuration.IPv6Unicast ? BgpCapabilities.AddPathSendIPv6 : 0;
        }

        return capabilities;
    }

    private static SimTime Earlier(SimTime left, SimTime right) => left < right ? left : right;
}
