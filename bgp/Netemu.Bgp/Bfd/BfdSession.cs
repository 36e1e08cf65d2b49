using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Bfd;

/// <summary>
/// One BFD session in asynchronous mode (RFC 5880 section 6): it speaks at the slower of what it wants and the other side
/// takes, and is down after some intervals of silence.
/// </summary>
public sealed class BfdSession
{
    /// <summary>Section 6.8.3: not faster than one a second while the session is not up.</summary>
    private const uint SlowInterval = 1_000_000;

    private const long NanosecondsPerMicrosecond = 1000;

    private readonly IScheduler _scheduler;
    private readonly RandomSource _random;
    private readonly BfdParameters _parameters;
    private readonly Action<BfdSession, BfdPacket> _send;
    private readonly CallbackTimer _transmit;
    private readonly CallbackTimer _detect;
    private bool _isPolling;
    private uint _remoteMinRx = 1;
    private uint _remoteMinTx;
    private byte _remoteMultiplier;

    /// <param name="scheduler">The node's time.</param>
    /// <param name="random">The node's chance, for the jitter of section 6.8.7.</param>
    /// <param name="peer">The other side.</param>
    /// <param name="discriminator">This side's number of the session, not 0.</param>
    /// <param name="parameters">Intervals.</param>
    /// <param name="send">Puts a packet on the wire.</param>
    public BfdSession(
        IScheduler scheduler, RandomSource random, InternetAddress peer, uint discriminator, BfdParameters parameters,
        Action<BfdSession, BfdPacket> send)
    {
        _scheduler = scheduler;
        _random = random;
        _parameters = parameters;
        _send = send;
        Peer = peer;
        Discriminator = discriminator;
        _transmit = new CallbackTimer(Transmit);
        _detect = new CallbackTimer(DetectionTimeExpires);
    }

    /// <summary>The state has changed: old and new.</summary>
    public event Action<BfdState, BfdState>? Changed;

    public InternetAddress Peer { get; }

    public uint Discriminator { get; }

    public uint RemoteDiscriminator { get; private set; }

    public BfdState State { get; private set; } = BfdState.Down;

    public BfdDiagnostic Diagnostic { get; private set; }

    /// <summary>What the other side says of why it went down.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; private set; }

    public SimTime LastChange { get; private set; } = SimTime.Zero;

    /// <summary>How long it has been in its state.</summary>
    public Duration SinceLastChange => _scheduler.Now - LastChange;

    /// <summary>What this side was configured with.</summary>
    public BfdParameters Parameters => _parameters;

    /// <summary>What the other side has said of itself last; its multiplier is 0 before it has said anything.</summary>
    public BfdParameters RemoteParameters => new()
    {
        DetectMultiplier = _remoteMultiplier,
        RequiredMinRx = Microseconds(_remoteMinRx),
        DesiredMinTx = Microseconds(_remoteMinTx),
    };

    /// <summary>The detection time (section 6.8.4); zero before anything has come.</summary>
    public Duration DetectionTime => Microseconds(
        (long)_remoteMultiplier * Math.Max(MicrosecondsOf(_parameters.RequiredMinRx), _remoteMinTx));

    private uint DesiredMinTx => State == BfdState.Up
        ? MicrosecondsOf(_parameters.DesiredMinTx)
        : Math.Max(SlowInterval, MicrosecondsOf(_parameters.DesiredMinTx));

    public void Start() => ScheduleTransmit();

    public void Stop()
    {
        _scheduler.Cancel(_transmit);
        _scheduler.Cancel(_detect);
    }

    /// <summary>An operator takes the session down: the other side must not think that the path failed.</summary>
    public void Disable()
    {
        Enter(BfdState.AdminDown, BfdDiagnostic.AdministrativelyDown);
        Send(final: false);
        Stop();
    }

    /// <summary>Reception (section 6.8.6) of a packet that was found to be this session's.</summary>
    public void Receive(in BfdPacket packet)
    {
        RemoteDiscriminator = packet.MyDiscriminator;
        RemoteDiagnostic = packet.Diagnostic;
        _remoteMinRx = packet.RequiredMinRx;
        _remoteMinTx = packet.DesiredMinTx;
        _remoteMultiplier = packet.DetectMultiplier;
        if (packet.Final)
        {
            _isPolling = false;
        }

        BfdState next = BfdStateMachine.Next(State, packet.State);
        if (next != State)
        {
            Enter(next, next == BfdState.Down ? BfdDiagnostic.NeighborSignaledSessionDown : Diagnostic);

            // The interval has changed with the state: a poll sequence says so (section 6.8.3).
            _isPolling = next == BfdState.Up;
            ScheduleTransmit();
        }

        if (State != BfdState.AdminDown)
        {
            _scheduler.Cancel(_detect);
            _scheduler.Schedule(_detect, _scheduler.Now + DetectionTime);
        }

        if (packet.Poll)
        {
            Send(final: true);
        }
    }

    private static uint MicrosecondsOf(Duration duration) => (uint)(duration.Nanoseconds / NanosecondsPerMicrosecond);

    private static Duration Microseconds(long value) => Duration.FromNanoseconds(value * NanosecondsPerMicrosecond);

    private void DetectionTimeExpires()
    {
        RemoteDiscriminator = 0;
        _remoteMinRx = 1;
        if (State is BfdState.Init or BfdState.Up)
        {
            Enter(BfdState.Down, BfdDiagnostic.ControlDetectionTimeExpired);
            ScheduleTransmit();
        }
    }

    private void Enter(BfdState state, BfdDiagnostic diagnostic)
    {
        BfdState old = State;
        State = state;
        Diagnostic = diagnostic;
        LastChange = _scheduler.Now;
        Changed?.Invoke(old, state);
    }

    private void Transmit()
    {
        // Section 6.8.7: a side that takes nothing is sent nothing.
        if (_remoteMinRx != 0)
        {
            Send(final: false);
        }

        ScheduleTransmit();
    }

    // Section 6.8.7: 75 to 100 percent of the interval, 75 to 90 where one lost packet is enough.
    private void ScheduleTransmit()
    {
        _scheduler.Cancel(_transmit);
        long interval = Math.Max(DesiredMinTx, _remoteMinRx) * NanosecondsPerMicrosecond;
        long least = interval * 3 / 4;
        long most = _parameters.DetectMultiplier == 1 ? interval * 9 / 10 : interval;
        _scheduler.Schedule(_transmit, _scheduler.Now + Duration.FromNanoseconds(least + _random.NextBelow(most - least + 1)));
    }

    private void Send(bool final) => _send(this, new BfdPacket
    {
        State = State,
        Diagnostic = Diagnostic,
        Poll = _isPolling && !final,
        Final = final,
        DetectMultiplier = _parameters.DetectMultiplier,
        MyDiscriminator = Discriminator,
        YourDiscriminator = RemoteDiscriminator,
        DesiredMinTx = DesiredMinTx,
        RequiredMinRx = MicrosecondsOf(_parameters.RequiredMinRx),
    });
}
