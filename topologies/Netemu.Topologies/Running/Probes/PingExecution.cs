using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Probes;

/// <summary>
/// Sends echo requests at an interval and ends with the last answer, or when the last request has waited long enough. Only
/// the first answer to a request counts as received; further ones are duplicates, as ping counts them.
/// </summary>
internal sealed class PingExecution : ProbeExecution, IPingHandler
{
    private static readonly Duration DefaultInterval = Duration.FromSeconds(1);

    private readonly PingProbe _probe;
    private readonly int _count;
    private readonly Duration _interval;
    private readonly CallbackTimer _sendTimer;
    private readonly CallbackTimer _endTimer;
    private readonly List<SimTime> _sentAt = [];
    private readonly List<(ProbeAnswer Answer, byte Ttl)> _answers = [];
    private readonly HashSet<int> _answered = [];
    private PingSocket? _socket;
    private Errno _errno;
    private int _errors;

    public PingExecution(PingProbe probe, StepSpec step, StepContext context)
        : base(probe, context)
    {
        _probe = probe;
        _interval = probe.Interval ?? DefaultInterval;
        long byTime = step.During is { } during ? Math.Max(1, during.Nanoseconds / _interval.Nanoseconds) : 1;
        _count = probe.Count ?? (int)byTime;
        _sendTimer = new CallbackTimer(Send);
        _endTimer = new CallbackTimer(() => Finish(Space!.Node.Now));
    }

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        int request = RequestOf(sequence);
        if (request < 1)
        {
            return;
        }

        Duration time = Space!.Node.Now - _sentAt[request - 1];
        _answers.Add((new ProbeAnswer(true, from, size, time, default), ttl));
        NoteAnswer(request);
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        // An earlier probe's socket may have had the same identifier.
        if (error.Destination != Destination)
        {
            return;
        }

        _answers.Add((new ProbeAnswer(false, error.From, 0, default, error), error.Ttl));
        NoteAnswer(RequestOf(error.Sequence));
    }

    public override ObservedMapping Observe()
    {
        Duration[] times = [.. _answers.Where(a => a.Answer.IsReply).Select(a => a.Answer.Time).Order()];
        ProbeAnswer? error = _answers.Where(a => !a.Answer.IsReply).Select(a => (ProbeAnswer?)a.Answer).FirstOrDefault();
        int received = Math.Min(times.Length, _sentAt.Count);
        ObservedMapping seen = new();
        seen.With("outcome", Outcome(times.Length > 0, error is not null));
        seen.WithAny("errno", _errno == Errno.None ? Failure : _errno.ToString());
        seen.With("sent", _sentAt.Count).With("received", received).With("lost", _sentAt.Count - received).With("errors", _errors);
        if (times.Length > 0)
        {
            long sum = times.Sum(t => t.Nanoseconds);
            ProbeAnswer first = _answers.First(a => a.Answer.IsReply).Answer;
            seen.With("from", first.From).With("ttl", _answers.First(a => a.Answer.IsReply).Ttl);
            seen.With("rtt", times[0]).With("rtt-avg", new Duration(sum / times.Length)).With("rtt-max", times[^1]);
        }
        else if (error is { } reported)
        {
            foreach ((string key, ObservedValue value) in reported.ToObserved(0).Skip(1))
            {
                seen.With(key, value);
            }
        }

        return seen.WithList("answers", _answers.Select(a => a.Answer.ToObserved(a.Ttl)));
    }

    public override void Close()
    {
        _socket?.Close();
        Disarm(_sendTimer);
        Disarm(_endTimer);
    }

    protected override void Start(NetworkNamespace space)
    {
        _socket = new PingSocket(space, this);
        Send();
    }

    private string Outcome(bool replied, bool reported) =>
        replied ? "reply"
        : reported ? "icmp"
        : Failure is not null || _errno != Errno.None ? "errno"
        : "timeout";

    private void Send()
    {
        PingOptions options = new()
        {
            Size = _probe.Size ?? PingOptions.Default.Size,
            Ttl = (byte)(_probe.Ttl ?? 0),
            TrafficClass = (byte)(_probe.Tos ?? 0),
            Discovery = Convert(_probe.PathMtuDiscovery),
            Source = _probe.Source ?? default,
            Device = Device,
        };
        SimTime now = Space!.Node.Now;
        _sentAt.Add(now);
        int request = _sentAt.Count;
        Errno errno = _socket!.Send(Destination, (ushort)request, options);
        if (_sentAt.Count < _count)
        {
            Arm(_sendTimer, now + _interval);
        }
        else
        {
            Arm(_endTimer, now + _probe.Timeout);
        }

        if (errno != Errno.None)
        {
            _errno = errno;
            _errors++;
            NoteAnswer(request);
        }
    }

    /// <summary>The last request, counted from 1, whose number has these 16 bits: the numbers on the wire come round.</summary>
    private int RequestOf(ushort sequence) => _sentAt.Count - (ushort)(_sentAt.Count - sequence);

    private void NoteAnswer(int request)
    {
        _answered.Add(request);
        if (_answered.Count >= _count && !_probe.All)
        {
            Finish(Space!.Node.Now);
        }
    }
}
