using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>A running ping: sends by its pace, prints what comes, and ends as iputils' main loop does (ping_common.c).</summary>
internal sealed class PingJob : CommandJob, IPingHandler
{
    /// <summary>What a round of the main loop takes where nothing else does: else a flood of the own host would stand still in time.</summary>
    private static readonly Duration Round = Duration.FromMicroseconds(10);

    private readonly Node _node;
    private readonly NetworkNamespace _space;
    private readonly InternetAddress _destination;
    private readonly PingOptions _options;
    private readonly PingArguments _arguments;
    private readonly PingSocket _socket;
    private readonly PingPacer _pacer;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _end;
    private readonly CommandOutput _output = new();
    private readonly PingStatistics _statistics = new();
    private readonly Dictionary<ushort, SimTime> _sent = [];
    private readonly HashSet<ushort> _answered = [];

    /// <summary>What has arrived and is not read yet: answers of this very namespace come while ping still sends.</summary>
    private readonly Queue<Arrival> _arrivals = [];
    private readonly PingOptionText _optionText = new();
    private ImmutableArray<byte> _headerOptions = [];
    private bool _isInRound;
    private bool _isWaiting;

    public PingJob(
        NetworkNamespace space, InternetAddress destination, PingOptions options, PingArguments arguments, InternetAddress source, bool isBroadcast)
    {
        _space = space;
        _node = space.Node;
        _destination = destination;
        _options = options;
        _arguments = arguments;
        _pacer = new PingPacer(arguments.Interval, arguments.Preload);
        _socket = new PingSocket(space, this);
        _timer = new CallbackTimer(RunRounds);
        _end = new CallbackTimer(Finish);
        PrintHead(source, isBroadcast);
    }

    private bool IsTimed => _options.Size >= PingSocket.TimeSize;

    private bool HasSentAll => _arguments.Count > 0 && _statistics.Transmitted >= _arguments.Count && _arguments.Deadline == Duration.Zero;

    /// <summary>Sends the first packet, at this instant.</summary>
    public void Begin()
    {
        _statistics.Started = _node.Now;
        if (_arguments.Deadline > Duration.Zero)
        {
            _node.Schedule(_end, _node.Now + _arguments.Deadline);
        }

        RunRounds();
    }

    public override void Interrupt() => Finish();

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        if (!IsCompleted && _sent.ContainsKey(sequence))
        {
            Arrived(new Arrival(from, sequence, ttl, size, null, _node.Now) { Options = _headerOptions });
        }
    }

    public void OnOptions(PingSocket socket, ReadOnlySpan<byte> options) => _headerOptions = [.. options];

    public void OnError(PingSocket socket, IcmpError error)
    {
        // What an earlier ping with this identifier sent elsewhere may fail only now (ping4_parse_reply compares the destinations).
        if (!IsCompleted && _sent.ContainsKey(error.Sequence) && error.Destination == _destination)
        {
            Arrived(new Arrival(error.From, error.Sequence, 0, 0, error, _node.Now));
        }
    }

    public void OnRedirect(PingSocket socket, IcmpError redirect)
    {
        if (!IsCompleted && _sent.ContainsKey(redirect.Sequence) && redirect.Destination == _destination)
        {
            Arrived(new Arrival(redirect.From, redirect.Sequence, 0, 0, redirect, _node.Now) { IsRedirect = true });
        }
    }

    private void Arrived(in Arrival arrival)
    {
        _arrivals.Enqueue(arrival);
        if (!_isInRound)
        {
            RunRounds();
        }
    }

    /// <summary>The main loop, until it has nothing to do at this instant: reads what came, ends or sends what is due.</summary>
    private void RunRounds()
    {
        _isInRound = true;
        do
        {
            while (_arrivals.TryDequeue(out Arrival arrival) && !IsCompleted)
            {
                Read(arrival);
            }

            if (!IsCompleted && _arguments.Count > 0 && _statistics.Received + _statistics.Errors >= _arguments.Count)
            {
                Finish();
            }

            if (!IsCompleted)
            {
                SendDue();
            }
        }
        while (_arrivals.Count > 0 && !IsCompleted);
        _isInRound = false;
    }

    private void SendDue()
    {
        Duration wait = _pacer.StandsStill(_node.Now) ? Round : Duration.Zero;
        while (!HasSentAll && wait == Duration.Zero)
        {
            wait = _pacer.Wait(_node.Now, _statistics.InFlight);
            if (wait == Duration.Zero && !Send())
            {
                wait = _pacer.AfterError;
            }
        }

        if (!HasSentAll)
        {
            _node.Schedule(_timer, _node.Now + wait);
        }
        else if (!_isWaiting)
        {
            _isWaiting = true;
            _node.Schedule(_end, _node.Now + Linger());
            _node.Schedule(_timer, _node.Now + _pacer.AfterError);
        }
    }

    private void Read(in Arrival arrival)
    {
        if (arrival is { IsRedirect: true, Error: { } redirect })
        {
            ReadRedirect(redirect);
        }
        else if (arrival.Error is { } error)
        {
            ReadError(error);
        }
        else
        {
            ReadReply(arrival);
        }
    }

    private void ReadReply(in Arrival arrival)
    {
        bool isDuplicate = !_answered.Add(arrival.Sequence);
        Duration time = arrival.At - _sent[arrival.Sequence];
        _statistics.NoteReply(arrival.Sequence, time, isDuplicate);
        if (_arguments.IsAdaptive)
        {
            _pacer.Interval = _statistics.AdaptedInterval;
        }

        if (_arguments.IsQuiet)
        {
            return;
        }

        if (_arguments.IsFlood)
        {
            _output.Out.Append("\b \b");
            return;
        }

        PrintStamp();
        _output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{arrival.Size + IcmpHeader.Size} bytes from {Named(arrival.From)}: icmp_seq={arrival.Sequence} ttl={arrival.Ttl}{(IsTimed ? PingText.Time(time) : string.Empty)}{(isDuplicate ? " (DUP!)" : string.Empty)}{_optionText.Describe(arrival.Options.AsSpan())}"));
    }

    /// <summary>Told, but neither an answer nor an error (ping4_parse_reply).</summary>
    private void ReadRedirect(in IcmpError redirect)
    {
        if (!_arguments.IsQuiet && !_arguments.IsFlood)
        {
            PrintStamp();
            _output.Line($"From {redirect.From}: icmp_seq={redirect.Sequence} {PingText.DescribeIPv4(redirect)}");
        }
    }

    private void ReadError(in IcmpError error)
    {
        _statistics.NoteError(error.Sequence);
        if (!_arguments.IsQuiet && _arguments.IsFlood)
        {
            _output.Out.Append("\bE");
        }
        else if (!_arguments.IsQuiet)
        {
            string text = _destination.IsIPv6 ? PingText.DescribeIPv6(error) : PingText.DescribeIPv4(error);
            PrintStamp();
            _output.Line($"From {error.From}{ZoneOf(error.From)} icmp_seq={error.Sequence} {text}");
        }

        if (_arguments.Deadline > Duration.Zero)
        {
            // With a deadline the first error ends it.
            Finish();
        }
    }

    /// <summary>The destination by the name that was typed, as a look-up of the address gives it back.</summary>
    private string Named(InternetAddress from) =>
        _arguments.IsNumeric || from != _destination || HostLookup.TryParse(_arguments.Host.Split('%')[0], out _)
            ? $"{from}{ZoneOf(from)}"
            : $"{_arguments.Host} ({from}{ZoneOf(from)})";

    /// <summary>False if the packet did not get out: it counts as sent, and iputils 20221126 tells only of one that is too long.</summary>
    private bool Send()
    {
        if (_arguments.ReportsOutstanding && _statistics.Transmitted > 0 && !_answered.Contains((ushort)_statistics.Transmitted))
        {
            _output.Line($"no answer yet for icmp_seq={_statistics.Transmitted}");
        }

        ushort sequence = (ushort)++_statistics.Transmitted;
        _statistics.LastSent = _node.Now;
        _sent[sequence] = _node.Now;
        _answered.Remove(sequence);
        Errno error = _options.Size > LongestPayload ? Errno.EMSGSIZE : _socket.Send(_destination, sequence, _options);
        _pacer.NoteSent(_node.Now, error != Errno.None);
        if (error == Errno.EMSGSIZE && !IsRefusedUnseen)
        {
            _statistics.Errors++;
            ReportTooLong();
        }
        else if (error == Errno.None && _arguments.IsFlood && !_arguments.IsQuiet)
        {
            _output.Out.Append('.');
        }

        return error == Errno.None;
    }

    private void ReportTooLong()
    {
        if (_arguments.IsQuiet)
        {
            return;
        }

        if (_arguments.IsFlood)
        {
            _output.Out.Append('E');
        }
        else
        {
            _output.ErrorLine($"ping: local error: message too long, mtu{(_destination.IsIPv6 ? ": " : "=")}{PathMtu()}");
        }
    }

    /// <summary>What a datagram can carry: IPv4's total length counts its header, IPv6's payload length does not.</summary>
    private int LongestPayload =>
        ushort.MaxValue - IcmpHeader.Size - (_destination.IsIPv6 ? 0 : IPv4Header.MinimumSize + _options.HeaderOptions.Length);

    /// <summary>Past 65,535 bytes of ICMP raw_sendmsg refuses before there is an error that a queue could hold.</summary>
    private bool IsRefusedUnseen => !_destination.IsIPv6 && _options.Size > ushort.MaxValue - IcmpHeader.Size;

    private int PathMtu()
    {
        if (_destination.IsIPv6)
        {
            OutputRoute<IPv6Address> way = _space.IPv6.RouteOutput(_destination.IPv6, default, _options.Device);
            return way.Device is null ? 1500 : _space.IPv6.PathMtu(_destination.IPv6, way);
        }

        OutputRoute<IPv4Address> route = _space.IPv4.RouteOutput(_destination.IPv4, default, _options.Device);
        return route.Device is null ? 1500 : Math.Min(_space.IPv4.PathMtu(_destination.IPv4, route), ushort.MaxValue);
    }

    /// <summary>How long to wait after the last packet (__schedule_exit): two round trips, at least one interval; -W without any.</summary>
    private Duration Linger()
    {
        Duration twice = _statistics.Longest * 2;
        return _statistics.Received == 0 ? _arguments.Timeout : twice < _pacer.Interval ? _pacer.Interval : twice;
    }

    private void Finish()
    {
        if (IsCompleted)
        {
            return;
        }

        _node.Cancel(_timer);
        _node.Cancel(_end);
        _socket.Close();
        bool showsPace = _pacer.Interval == Duration.Zero || _arguments.IsFlood || _arguments.IsAdaptive;
        _statistics.Print(_output, _arguments.Host, IsTimed, showsPace);
        bool tooFew = _arguments.Deadline > Duration.Zero && _statistics.Received < _arguments.Count;
        Complete(_output.ToResult(_statistics.Received == 0 || tooFew ? 1 : 0));
    }

    private void PrintHead(InternetAddress source, bool isBroadcast)
    {
        if (isBroadcast)
        {
            _output.ErrorLine("WARNING: pinging broadcast address");
        }

        if (_arguments.PatternLine is { } pattern)
        {
            _output.Line(pattern);
        }

        string from = _arguments.Interface is null ? string.Empty : $" from {source} {_options.Device?.Name}:";
        _output.Line(_destination.IsIPv6
            ? $"PING {_arguments.Host}({_destination}{Zone(_destination)}){from} {_options.Size} data bytes"
            : $"PING {_arguments.Host} ({_destination}){from} {_options.Size}({_options.Size + IcmpHeader.Size + IPv4Header.MinimumSize + _options.HeaderOptions.Length}) bytes of data.");
    }

    /// <summary>The device behind an address that needs one, if it was given with it.</summary>
    private string Zone(InternetAddress address) => Zone(address, _options.Device);

    /// <summary>The device by which an answer came.</summary>
    private string ZoneOf(InternetAddress from) =>
        from.IsIPv6 ? Zone(from, _options.Device ?? _space.IPv6.RouteOutput(_destination.IPv6).Device) : string.Empty;

    private static string Zone(InternetAddress address, NetDevice? device) =>
        address.IsIPv6 && address.IPv6.NeedsScope && device is not null ? $"%{device.Name}" : string.Empty;

    private void PrintStamp()
    {
        if (_arguments.PrintsTime)
        {
            long microseconds = _node.Now.Nanoseconds / 1000;
            _output.Out.Append(CultureInfo.InvariantCulture, $"[{microseconds / 1_000_000}.{microseconds % 1_000_000:d6}] ");
        }
    }

    /// <summary>A reply, or an error about a request, with the time it came.</summary>
    private readonly record struct Arrival(InternetAddress From, ushort Sequence, byte Ttl, int Size, IcmpError? Error, SimTime At)
    {
        public ImmutableArray<byte> Options { get; init; } = [];

        public bool IsRedirect { get; init; }
    }
}
