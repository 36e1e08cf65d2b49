using System.Collections.Generic;
using System.Globalization;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>A running ping: sends by a timer, prints what comes, and ends as iputils' main loop does (ping_common.c).</summary>
internal sealed class PingJob : CommandJob, IPingHandler
{
    private readonly Node _node;
    private readonly NetworkNamespace _space;
    private readonly InternetAddress _destination;
    private readonly PingOptions _options;
    private readonly PingArguments _arguments;
    private readonly PingSocket _socket;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _deadline;
    private readonly CommandOutput _output = new();
    private readonly PingStatistics _statistics = new();
    private readonly Dictionary<ushort, SimTime> _sent = [];
    private readonly HashSet<ushort> _answered = [];
    private bool _isWaiting;

    public PingJob(
        NetworkNamespace space, InternetAddress destination, PingOptions options, PingArguments arguments, InternetAddress source, bool isBroadcast)
    {
        _space = space;
        _node = space.Node;
        _destination = destination;
        _options = options;
        _arguments = arguments;
        _socket = new PingSocket(space, this);
        _timer = new CallbackTimer(Tick);
        _deadline = new CallbackTimer(Finish);
        PrintHead(source, isBroadcast);
    }

    /// <summary>Sends the first packet, at this instant.</summary>
    public void Begin()
    {
        _statistics.Started = _node.Now;
        if (_arguments.Deadline > Duration.Zero)
        {
            _node.Schedule(_deadline, _node.Now + _arguments.Deadline);
        }

        Tick();
    }

    public override void Interrupt() => Finish();

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        if (IsCompleted || !_sent.TryGetValue(sequence, out SimTime sent))
        {
            return;
        }

        bool isDuplicate = !_answered.Add(sequence);
        Duration time = _node.Now - sent;
        bool timed = _options.Size >= 8;
        _statistics.NoteReply(sequence, time, isDuplicate);
        if (!_arguments.IsQuiet)
        {
            PrintStamp();
            _output.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{size + IcmpHeader.Size} bytes from {Named(from)}: icmp_seq={sequence} ttl={ttl}{(timed ? PingText.Time(time) : string.Empty)}{(isDuplicate ? " (DUP!)" : string.Empty)}"));
        }

        EndIfDone();
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        if (IsCompleted || !_sent.ContainsKey(error.Sequence))
        {
            return;
        }

        _statistics.NoteError(error.Sequence);
        if (!_arguments.IsQuiet)
        {
            string text = _destination.IsIPv6 ? PingText.DescribeIPv6(error) : PingText.DescribeIPv4(error);
            PrintStamp();
            _output.Line($"From {error.From}{Zone(error.From)} icmp_seq={error.Sequence} {text}");
        }

        if (_arguments.Deadline > Duration.Zero)
        {
            // With a deadline the first error ends it.
            Finish();
            return;
        }

        EndIfDone();
    }

    /// <summary>The destination by the name that was typed, as a look-up of the address gives it back.</summary>
    private string Named(InternetAddress from) =>
        _arguments.IsNumeric || from != _destination || InternetAddress.TryParse(_arguments.Host.Split('%')[0], out _)
            ? $"{from}{Zone(from)}"
            : $"{_arguments.Host} ({from}{Zone(from)})";

    private void Tick()
    {
        if (IsCompleted)
        {
            return;
        }

        if (_isWaiting)
        {
            Finish();
            return;
        }

        bool isLast = _arguments.Count > 0 && _statistics.Transmitted + 1 >= _arguments.Count && _arguments.Deadline == Duration.Zero;
        if (_arguments.ReportsOutstanding && _statistics.Transmitted > 0 && !_answered.Contains((ushort)_statistics.Transmitted))
        {
            _output.Line($"no answer yet for icmp_seq={_statistics.Transmitted}");
        }

        // Armed before the packet goes out: an answer from this namespace comes inside the call.
        _isWaiting = isLast;
        _node.Schedule(_timer, _node.Now + (isLast ? Linger() : _arguments.Interval));
        Send();
        EndIfDone();
    }

    private void Send()
    {
        ushort sequence = (ushort)++_statistics.Transmitted;
        _statistics.LastSent = _node.Now;
        _sent[sequence] = _node.Now;
        _answered.Remove(sequence);
        Errno error = _socket.Send(_destination, sequence, _options);
        switch (error)
        {
            case Errno.None:
                break;
            case Errno.EMSGSIZE:
                _statistics.Errors++;
                _output.ErrorLine($"ping: local error: message too long, mtu={PathMtu()}");
                break;
            default:
                _statistics.Errors++;
                _output.ErrorLine($"ping: sendmsg: {RtnetlinkError.Describe(error)}");
                break;
        }
    }

    private int PathMtu()
    {
        if (_destination.IsIPv6)
        {
            OutputRoute<IPv6Address> way = _space.IPv6.RouteOutput(_destination.IPv6, default, _options.Device);
            return way.Device is null ? 1500 : _space.IPv6.PathMtu(_destination.IPv6, way);
        }

        OutputRoute<IPv4Address> route = _space.IPv4.RouteOutput(_destination.IPv4, default, _options.Device);
        return route.Device is null ? 1500 : _space.IPv4.PathMtu(_destination.IPv4, route);
    }

    /// <summary>How long to wait after the last packet (__schedule_exit): two round trips, at least one interval; -W without any.</summary>
    private Duration Linger()
    {
        Duration twice = _statistics.Longest * 2;
        return _statistics.Received == 0 ? _arguments.Timeout : twice < _arguments.Interval ? _arguments.Interval : twice;
    }

    private void EndIfDone()
    {
        if (_arguments.Count > 0 && _statistics.Received + _statistics.Errors >= _arguments.Count)
        {
            Finish();
        }
    }

    private void Finish()
    {
        if (IsCompleted)
        {
            return;
        }

        _node.Cancel(_timer);
        _node.Cancel(_deadline);
        _socket.Close();
        _statistics.Print(_output, _arguments.Host, _options.Size >= 8);
        bool tooFew = _arguments.Deadline > Duration.Zero && _statistics.Received < _arguments.Count;
        Complete(_output.ToResult(_statistics.Received == 0 || tooFew ? 1 : 0));
    }

    private void PrintHead(InternetAddress source, bool isBroadcast)
    {
        if (isBroadcast)
        {
            _output.ErrorLine("WARNING: pinging broadcast address");
        }

        string from = _arguments.Interface is null ? string.Empty : $" from {source} {_options.Device?.Name}:";
        _output.Line(_destination.IsIPv6
            ? $"PING {_arguments.Host}({_destination}{Zone(_destination)}){from} {_options.Size} data bytes"
            : $"PING {_arguments.Host} ({_destination}){from} {_options.Size}({_options.Size + IcmpHeader.Size + IPv4Header.MinimumSize}) bytes of data.");
    }

    private string Zone(InternetAddress address) =>
        address.IsIPv6 && address.IPv6.IsLinkLocal && _options.Device is not null ? $"%{_options.Device.Name}" : string.Empty;

    private void PrintStamp()
    {
        if (_arguments.PrintsTime)
        {
            long microseconds = _node.Now.Nanoseconds / 1000;
            _output.Out.Append(CultureInfo.InvariantCulture, $"[{microseconds / 1_000_000}.{microseconds % 1_000_000:d6}] ");
        }
    }
}
