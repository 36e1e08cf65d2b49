using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Probes;

/// <summary>
/// Connects, once or again and again, with listeners for the time of the step; a connection that stands is closed at once.
/// The step ends at the last outcome, or its timeout.
/// </summary>
internal sealed class TcpExecution : ProbeExecution, IByteStreamHandler
{
    private readonly TcpProbe _probe;
    private readonly int _count;
    private readonly Duration _interval;
    private readonly CallbackTimer _nextTimer;
    private readonly CallbackTimer _endTimer;
    private readonly List<TcpListenerProbe> _listeners = [];
    private readonly List<ObservedMapping> _received = [];
    private readonly Dictionary<IByteStream, TcpAttempt> _open = [];
    private readonly List<TcpAttempt> _attempts = [];

    public TcpExecution(TcpProbe probe, StepSpec step, StepContext context)
        : base(probe, context)
    {
        _probe = probe;
        _interval = probe.Interval ?? Duration.FromSeconds(1);
        long byTime = step.During is { } during && _interval.Nanoseconds > 0 ? during.Nanoseconds / _interval.Nanoseconds : 1;
        _count = probe.SourcePorts?.Count ?? probe.Count ?? (int)long.Max(1, byTime);
        _nextTimer = new CallbackTimer(Next);
        _endTimer = new CallbackTimer(() => Finish(Space!.Node.Now));
    }

    public void OnConnected(IByteStream stream)
    {
        if (_open.Remove(stream, out TcpAttempt? attempt))
        {
            attempt.End("connected", Space!.Node.Now);
            stream.Close();
            EndIfDone();
        }
    }

    public void OnReadable(IByteStream stream)
    {
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        if (_open.Remove(stream, out TcpAttempt? attempt))
        {
            attempt.LocalError = reason == StreamCloseReason.Aborted ? Errno.ECONNABORTED : attempt.LocalError;
            bool reported = attempt.Icmp is not null && reason is StreamCloseReason.Unreachable or StreamCloseReason.Refused;
            attempt.End(
                reported ? "icmp"
                : reason == StreamCloseReason.Refused ? "refused"
                : reason == StreamCloseReason.TimedOut ? "timeout"
                : "errno",
                Space!.Node.Now);
            EndIfDone();
        }
    }

    public override ObservedMapping Observe()
    {
        int connected = _attempts.Count(a => a.Outcome == "connected");
        TcpAttempt? told = _attempts.Find(a => a.Outcome == "connected") ?? _attempts.FirstOrDefault();
        ObservedMapping seen = new();
        seen.With("outcome", told?.Outcome ?? (Failure is null ? "timeout" : "errno"));
        seen.WithAny("errno", Failure ?? told?.Errno());
        if (told is { Outcome: "connected" })
        {
            seen.With("time", told.Time);
        }

        if (told is { Outcome: "icmp", Icmp: { } error })
        {
            foreach ((string key, ObservedValue value) in new ProbeAnswer(false, error.From, 0, default, error).ToObserved(0).Skip(1))
            {
                seen.With(key, value);
            }
        }

        seen.With("sent", _attempts.Count).With("count", connected).With("lost", _attempts.Count - connected);
        return seen.WithList("received", _received);
    }

    public override void Close()
    {
        _listeners.ForEach(l => l.Close());
        foreach (IByteStream stream in _attempts.Select(a => a.Stream).OfType<IByteStream>())
        {
            if (_open.ContainsKey(stream))
            {
                stream.Abort();
            }
        }

        if (Space?.TcpOrNull is { } table)
        {
            table.ErrorReported -= NoteError;
        }

        Disarm(_nextTimer);
        Disarm(_endTimer);
    }

    protected override void Start(NetworkNamespace space)
    {
        foreach (ListenerSpec listener in _probe.Listen)
        {
            if (Context.Topology.FindNamespace(listener.At) is not { } at)
            {
                Failure = $"'{listener.At}' does not exist";
                continue;
            }

            TcpListenerProbe opened = new(
                at, listener.At.ToString(), listener.Address ?? default, (ushort)(listener.Port ?? _probe.Port), listener.Echo, _received, EndIfDone);
            Failure = opened.Error == Errno.None ? Failure : opened.Error.ToString();
            _listeners.Add(opened);
        }

        space.Tcp.ErrorReported += NoteError;
        Next();
    }

    private void Next()
    {
        SimTime now = Space!.Node.Now;
        StreamOptions options = new()
        {
            LocalAddress = _probe.Source ?? default,
            LocalPort = (ushort)(_probe.SourcePorts is { } ports ? ports.First + _attempts.Count : 0),
            Ttl = (byte)(_probe.Ttl ?? 0),
            TrafficClass = (byte)(_probe.Tos ?? 0),
        };
        TcpAttempt attempt = new(now);
        _attempts.Add(attempt);
        TcpConnection connection = Space.Tcp.Connect(Destination, (ushort)_probe.Port, options, this, out Errno error);
        attempt.Stream = connection;
        if (error != Errno.None)
        {
            attempt.LocalError = error;
            attempt.End("errno", now);
            connection.Abort();
        }
        else
        {
            _open.Add(connection, attempt);
        }

        if (_attempts.Count < _count)
        {
            Arm(_nextTimer, now + _interval);
            return;
        }

        Arm(_endTimer, now + _probe.Timeout);
        EndIfDone();
    }

    private void NoteError(TcpConnection connection, IcmpError error)
    {
        if (_open.TryGetValue(connection, out TcpAttempt? attempt))
        {
            attempt.Icmp = error;
        }
    }

    private void EndIfDone()
    {
        // The one who connects is ahead of the one who accepts, by half a round trip.
        int connected = _attempts.Count(a => a.Outcome == "connected");
        if (_attempts.Count >= _count && _open.Count == 0 && (_listeners.Count == 0 || _received.Count >= connected))
        {
            Finish(Space!.Node.Now);
        }
    }

    /// <summary>One try.</summary>
    private sealed class TcpAttempt(SimTime started)
    {

        public IByteStream? Stream { get; set; }

        public string Outcome { get; private set; } = "timeout";

        public Errno LocalError { get; set; }

        public IcmpError? Icmp { get; set; }

        public Duration Time { get; private set; }

        public void End(string outcome, SimTime now)
        {
            Outcome = outcome;
            Time = now - started;
        }

        /// <summary>What connect(2) returned; null for success.</summary>
        public string? Errno() => Outcome switch
        {
            "connected" => null,
            "refused" => nameof(Engine.Sockets.Errno.ECONNREFUSED),
            "icmp" when Icmp is { } error => SocketErrors.Of(error).ToString(),
            "errno" when LocalError != Engine.Sockets.Errno.None => LocalError.ToString(),
            "errno" => nameof(Engine.Sockets.Errno.EHOSTUNREACH),
            _ => nameof(Engine.Sockets.Errno.ETIMEDOUT),
        };
    }
}
