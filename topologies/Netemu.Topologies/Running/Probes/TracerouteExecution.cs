using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Probes;

/// <summary>
/// traceroute's UDP method: datagrams to ports from 33434 on with rising TTL, until the target says that the port is
/// closed. Each TTL waits for all of its answers or for the timeout.
/// </summary>
internal sealed class TracerouteExecution : ProbeExecution, IUdpHandler
{
    private const int FirstPort = 33434;
    private const int DefaultHops = 30;
    private const int DefaultQueries = 3;
    private const int PayloadSize = 32;

    private readonly TracerouteProbe _probe;
    private readonly int _maxHops;
    private readonly int _queries;
    private readonly List<Hop> _hops = [];
    private readonly List<UdpSocket> _sockets = [];
    private readonly CallbackTimer _timer;
    private Errno _errno;
    private bool _reached;
    private int _pending;

    public TracerouteExecution(TracerouteProbe probe, StepContext context)
        : base(probe, context)
    {
        _probe = probe;
        _maxHops = probe.MaxHops ?? DefaultHops;
        _queries = probe.Queries ?? probe.Count ?? DefaultQueries;
        _timer = new CallbackTimer(NextHop);
    }

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload) =>
        NoteAnswer(socket, from, reached: true);

    public void OnError(UdpSocket socket, IcmpError error)
    {
        bool onTheWay = error.From.IsIPv6 ? error.Type == (byte)Icmpv6Type.TimeExceeded : error.Type == (byte)IcmpType.TimeExceeded;
        NoteAnswer(socket, error.From, !onTheWay);
    }

    public override ObservedMapping Observe()
    {
        ObservedMapping seen = new();
        string outcome = _reached ? "reached" : Failure is not null || _errno != Errno.None ? "errno" : "timeout";
        seen.With("outcome", outcome).WithAny("errno", _errno == Errno.None ? Failure : _errno.ToString());
        seen.With("hops", _hops.Count);
        seen.WithList("path", _hops.Select(h => (ObservedValue)(h.From.Count == 0 ? "*" : h.From[0].ToString())));
        return seen.WithList("answers", _hops.Select((h, i) => h.ToObserved(i + 1)));
    }

    public override void Close()
    {
        CloseSockets();
        Disarm(_timer);
    }

    protected override void Start(NetworkNamespace space) => NextHop();

    private void NextHop()
    {
        CloseSockets();
        if (_reached || _hops.Count >= _maxHops)
        {
            Finish(Space!.Node.Now);
            return;
        }

        SimTime now = Space!.Node.Now;
        _hops.Add(new Hop(now));
        _pending = 0;
        for (int i = 0; i < _queries; i++)
        {
            if (!TrySend(((_hops.Count - 1) * _queries) + i))
            {
                Finish(now);
                return;
            }

            _pending++;
        }

        Arm(_timer, now + _probe.Timeout);
    }

    private bool TrySend(int number)
    {
        UdpSocket? socket = Space!.Udp.Open(_probe.Source ?? default, 0, this, out _errno);
        if (socket is null)
        {
            return false;
        }

        _sockets.Add(socket);
        socket.Ttl = (byte)_hops.Count;
        socket.Device = Device;
        _errno = socket.SendTo(Destination, (ushort)((_probe.Port ?? FirstPort) + number), new byte[_probe.Size ?? PayloadSize]);
        return _errno == Errno.None;
    }

    private void NoteAnswer(UdpSocket socket, InternetAddress from, bool reached)
    {
        if (!_sockets.Remove(socket))
        {
            return;
        }

        socket.Close();
        Hop hop = _hops[^1];
        hop.Times.Add(Space!.Node.Now - hop.Start);
        if (!hop.From.Contains(from))
        {
            hop.From.Add(from);
        }

        _reached |= reached;
        if (--_pending == 0)
        {
            // Out of this packet's handling, so that the next packets begin as an event of their own.
            Arm(_timer, Space.Node.Now);
        }
    }

    private void CloseSockets()
    {
        _sockets.ForEach(s => s.Close());
        _sockets.Clear();
    }

    private sealed class Hop(SimTime start)
    {
        public SimTime Start => start;

        public List<InternetAddress> From { get; } = [];

        public List<Duration> Times { get; } = [];

        public ObservedMapping ToObserved(int ttl)
        {
            ObservedMapping seen = new();
            seen.With("ttl", ttl);
            seen.WithList("from", From.Select(f => (ObservedValue)f));
            return seen.WithList("times", Times.Select(t => (ObservedValue)t));
        }
    }
}
