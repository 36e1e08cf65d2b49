using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Programs.Iperf3;

/// <summary>A test as one side sees it: its streams, its intervals, and what the other side reported at the end.</summary>
public sealed class Iperf3Test
{
    private readonly Process _process;
    private readonly List<Iperf3Stream> _streams = [];
    private readonly List<IReadOnlyList<Iperf3Interval>> _intervals = [];
    private readonly CallbackTimer _timer;
    private Iperf3Counts[] _before = [];
    private SimTime _intervalStart;

    internal Iperf3Test(Process process, Iperf3Settings settings, bool isSender)
    {
        _process = process;
        Settings = settings;
        IsSender = isSender;
        _timer = new CallbackTimer(Tick);
    }

    public Iperf3Settings Settings { get; }

    /// <summary>True for the side that sends.</summary>
    public bool IsSender { get; }

    /// <summary>Bytes in a block or datagram.</summary>
    public int Length { get; internal set; }

    public SimTime Started { get; private set; }

    /// <summary>How long it ran.</summary>
    public Duration Elapsed { get; private set; }

    public bool IsRunning { get; private set; }

    /// <summary>Local and remote address and port of each stream.</summary>
    public IReadOnlyList<Iperf3Connection> Connections { get; private set; } = [];

    /// <summary>Each interval with an entry for each stream.</summary>
    public IReadOnlyList<IReadOnlyList<Iperf3Interval>> Intervals => _intervals;

    /// <summary>What this side counted, by stream.</summary>
    public IReadOnlyList<Iperf3StreamResult> Own { get; private set; } = [];

    /// <summary>What the other side counted, by stream; empty until it has said so.</summary>
    public IReadOnlyList<Iperf3StreamResult> Other { get; internal set; } = [];

    /// <summary>The congestion control of this side and of the other.</summary>
    public string Congestion { get; private set; } = string.Empty;

    public string OtherCongestion { get; internal set; } = string.Empty;

    /// <summary>Called after each interval.</summary>
    internal Action<IReadOnlyList<Iperf3Interval>>? IntervalEnded { get; set; }

    internal IReadOnlyList<Iperf3Stream> Streams => _streams;

    internal void Add(Iperf3Stream stream)
    {
        _streams.Add(stream);
        Connections = [.. _streams.Select(s => new Iperf3Connection(s.LocalAddress, s.LocalPort, s.RemoteAddress, s.RemotePort))];
    }

    /// <summary>Begins to send or to count, and the intervals.</summary>
    internal void Start()
    {
        IsRunning = true;
        Started = _intervalStart = _process.Now;
        _before = [.. _streams.Select(s => s.Counts)];
        Congestion = _streams.Find(s => s.Stream is not null)?.Stream?.Connection?.CongestionControl == TcpCongestionControl.Reno ? "reno" : "cubic";
        Congestion = Settings.Udp ? string.Empty : Congestion;
        Schedule();
        foreach (Iperf3Stream stream in _streams)
        {
            if (IsSender)
            {
                _process.Start(stream.SendAsync(Length, Settings.Bitrate, MayGoOn));
            }
            else if (stream.Stream is not null || !Settings.Udp || Settings.Reverse)
            {
                _process.Start(stream.ReceiveAsync(Length));
            }
        }
    }

    /// <summary>Ends the test: nothing more is sent or counted.</summary>
    internal void Stop()
    {
        if (!IsRunning)
        {
            return;
        }

        _process.Node.Cancel(_timer);
        if (_process.Now > _intervalStart)
        {
            EndInterval();
        }

        IsRunning = false;
        Elapsed = _process.Now - Started;
        decimal seconds = Elapsed.Nanoseconds / 1_000_000_000m;
        Own = [.. _streams.Select(s => new Iperf3StreamResult(s.Counts, s.Jitter, seconds))];
    }

    /// <summary>True if the end that was asked for has been reached.</summary>
    internal bool IsComplete() =>
        (Settings.Bytes > 0 && _streams.Sum(s => s.Bytes) >= Settings.Bytes)
        || (Settings.Blocks > 0 && _streams.Sum(s => Settings.Udp ? s.Packets : s.Bytes / Length) >= Settings.Blocks)
        || (Settings.Time > Duration.Zero && _process.Now - Started >= Settings.Time);

    internal Iperf3Results ReadResults(System.Text.Json.Nodes.JsonObject message)
    {
        Iperf3Results results = Iperf3Results.Read(message);
        Other = [.. _streams.Select(s => results.Of(s.Id))];
        OtherCongestion = results.Congestion;
        return results;
    }

    private bool MayGoOn() => IsRunning && !IsComplete() && _streams.TrueForAll(s => s.Stream is null || s.Stream.Error == Errno.None);

    private void Schedule()
    {
        if (Settings.Interval > Duration.Zero)
        {
            _process.Node.Schedule(_timer, _intervalStart + Settings.Interval);
        }
    }

    private void Tick()
    {
        if (IsRunning && _process.IsRunning)
        {
            EndInterval();
            Schedule();
        }
    }

    private void EndInterval()
    {
        List<Iperf3Interval> ended = [];
        for (int i = 0; i < _streams.Count; i++)
        {
            Iperf3Stream stream = _streams[i];
            TcpConnection? connection = stream.Stream?.Connection;
            ended.Add(new Iperf3Interval(i, _intervalStart - Started, _process.Now - Started, stream.Counts - _before[i])
            {
                Window = connection?.CongestionWindow ?? 0,
                RoundTrip = connection?.RoundTripTime.Microseconds ?? 0,
                RoundTripVariation = connection?.RoundTripVariation.Microseconds ?? 0,
                PathMtu = (connection?.SegmentSize ?? 0) + 52,
                Jitter = stream.Jitter,
            });
            _before[i] = stream.Counts;
        }

        _intervalStart = _process.Now;
        _intervals.Add(ended);
        IntervalEnded?.Invoke(ended);
    }
}
