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

/// <summary>Sends datagrams, with listeners for the time of the step, and ends at its timeout.</summary>
internal sealed class UdpExecution : ProbeExecution, IUdpHandler
{
    private const int DefaultSize = 18;

    private readonly UdpProbe _probe;
    private readonly int _count;
    private readonly Duration _interval;
    private readonly CallbackTimer _sendTimer;
    private readonly CallbackTimer _endTimer;
    private readonly List<UdpSocket> _sockets = [];
    private readonly List<UdpListener> _listeners = [];
    private readonly List<ObservedMapping> _received = [];
    private readonly List<ProbeAnswer> _answers = [];
    private readonly Dictionary<UdpSocket, SimTime> _sentAt = [];
    private Errno _errno;
    private int _sent;
    private int _next;

    public UdpExecution(UdpProbe probe, StepSpec step, StepContext context)
        : base(probe, context)
    {
        _probe = probe;
        _interval = probe.Interval ?? (step.During is null ? Duration.Zero : Duration.FromSeconds(1));
        long byTime = step.During is { } during && _interval.Nanoseconds > 0 ? Math.Max(1, during.Nanoseconds / _interval.Nanoseconds) : 1;
        _count = probe.SourcePorts?.Count ?? probe.Count ?? (int)byTime;
        _sendTimer = new CallbackTimer(SendDue);
        _endTimer = new CallbackTimer(() => Finish(Space!.Node.Now));
    }

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload) =>
        _answers.Add(new ProbeAnswer(true, from, payload.Length, Space!.Node.Now - _sentAt[socket], default));

    public void OnError(UdpSocket socket, IcmpError error) => _answers.Add(new ProbeAnswer(false, error.From, 0, default, error));

    public override ObservedMapping Observe()
    {
        ProbeAnswer[] errors = [.. _answers.Where(a => !a.IsReply)];
        ObservedMapping seen = new();
        seen.With("outcome", Outcome(errors.Length > 0));
        seen.WithAny("errno", _errno == Errno.None ? Failure : _errno.ToString());
        seen.With("sent", _sent).With("count", _received.Count).With("lost", _sent - Math.Min(_sent, _received.Count));
        if (errors.Length > 0)
        {
            foreach ((string key, ObservedValue value) in errors[0].ToObserved(0).Skip(1))
            {
                seen.With(key, value);
            }
        }

        seen.WithList("answers", _answers.Select(a => a.ToObserved(0)));
        return seen.WithList("received", _received);
    }

    public override void Close()
    {
        _listeners.ForEach(l => l.Close());
        _sockets.ForEach(s => s.Close());
        Disarm(_sendTimer);
        Disarm(_endTimer);
    }

    protected override void Start(NetworkNamespace space)
    {
        foreach (ListenerSpec listener in _probe.Listen)
        {
            if (Context.Topology.FindNamespace(listener.At) is { } at)
            {
                ushort port = (ushort)(listener.Port ?? _probe.Port);
                UdpListener opened = new(at, listener.At.ToString(), listener.Address ?? default, port, listener.Echo, _received);
                _errno = opened.Error == Errno.None ? _errno : opened.Error;
                _listeners.Add(opened);
            }
            else
            {
                Failure = $"'{listener.At}' does not exist";
            }
        }

        SendDue();
    }

    private string Outcome(bool reported) =>
        _received.Count > 0 ? "received"
        : _answers.Exists(a => a.IsReply) ? "reply"
        : reported ? "icmp"
        : Failure is not null || _errno != Errno.None ? "errno"
        : "timeout";

    private void SendDue()
    {
        do
        {
            SendOne();
            _next++;
        }
        while (_next < _count && _interval == Duration.Zero);

        SimTime now = Space!.Node.Now;
        if (_next < _count)
        {
            Arm(_sendTimer, now + _interval);
        }
        else
        {
            Arm(_endTimer, now + _probe.Timeout);
        }
    }

    private void SendOne()
    {
        UdpSocket? socket = SocketFor(_next);
        if (socket is null)
        {
            return;
        }

        int size = _probe.Size ?? DefaultSize;
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++)
        {
            payload[i] = (byte)i;
        }

        _sentAt[socket] = Space!.Node.Now;
        Errno error = socket.SendTo(Destination, (ushort)_probe.Port, payload);
        if (error == Errno.None)
        {
            _sent++;
        }
        else
        {
            _errno = error;
        }
    }

    /// <summary>One socket for all, or one for each source port of a range.</summary>
    private UdpSocket? SocketFor(int index)
    {
        if (_probe.SourcePorts is null && _sockets.Count > 0)
        {
            return _sockets[0];
        }

        ushort port = _probe.SourcePorts is { } range ? (ushort)(range.First + index) : (ushort)0;
        UdpSocket? socket = Space!.Udp.Open(_probe.Source ?? default, port, this, out Errno error);
        if (socket is null)
        {
            _errno = error;
            return null;
        }

        socket.Ttl = (byte)(_probe.Ttl ?? 0);
        socket.TrafficClass = (byte)(_probe.Tos ?? 0);
        socket.Mark = _probe.Mark ?? 0;
        socket.Device = Device;
        socket.Discovery = Convert(_probe.PathMtuDiscovery);
        _sockets.Add(socket);
        return socket;
    }
}
