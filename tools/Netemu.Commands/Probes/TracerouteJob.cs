using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>
/// A running traceroute: up to 16 probes under way at once, each with a wait that shrinks as answers come from the same hop
/// or from beyond (do_it and get_timeout of traceroute.c).
/// </summary>
internal sealed class TracerouteJob : CommandJob, IUdpHandler, IPingHandler
{
    /// <summary>The payload where no length is given: packets of 60 bytes (IPv4) or 80 (IPv6).</summary>
    private const int DefaultPayload = 32;
    private const int HereFactor = 3;
    private const int NearFactor = 10;

    private readonly NetworkNamespace _space;
    private readonly Node _node;
    private readonly TracerouteArguments _arguments;
    private readonly string _head;
    private readonly TracerouteProbe[] _probes;
    private readonly CallbackTimer _timer;
    private readonly PingSocket? _echo;
    private readonly byte[] _payload;
    private int _end;
    private bool _isSending;

    public TracerouteJob(NetworkNamespace space, TracerouteArguments arguments, string head)
    {
        _space = space;
        _node = space.Node;
        _arguments = arguments;
        _head = head;
        int hops = Math.Max(0, arguments.MaximumHops - arguments.FirstHop + 1);
        _probes = [.. Enumerable.Range(0, hops * arguments.Queries)
            .Select(i => new TracerouteProbe(i, (byte)(arguments.FirstHop + (i / arguments.Queries))))];
        _end = _probes.Length;
        _timer = new CallbackTimer(Advance);
        _echo = arguments.IsIcmp ? new PingSocket(space, this) : null;
        _payload = new byte[LengthOf(arguments) - HeadersOf(arguments)];
        for (int i = 0; i < _payload.Length; i++)
        {
            _payload[i] = (byte)('@' + (i & 0x3F));
        }
    }

    /// <summary>The bytes of a packet: what was asked for, or what its headers take if that is more.</summary>
    public static int LengthOf(TracerouteArguments arguments) =>
        arguments.PacketLength == 0 ? HeadersOf(arguments) + DefaultPayload : Math.Max(arguments.PacketLength, HeadersOf(arguments));

    /// <summary>IP header and the eight bytes of UDP's or an echo request's.</summary>
    private static int HeadersOf(TracerouteArguments arguments) =>
        (arguments.Destination.IsIPv6 ? IPv6Header.Size : IPv4Header.MinimumSize) + UdpHeader.Size;

    public void Begin() => Advance();

    public override void Interrupt() => Finish(130);

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        if (Array.Find(_probes, p => ReferenceEquals(p.Socket, socket)) is { } probe)
        {
            Answer(probe, from, isFinal: true, string.Empty);
        }
    }

    public void OnError(UdpSocket socket, IcmpError error)
    {
        if (Array.Find(_probes, p => ReferenceEquals(p.Socket, socket)) is { } probe)
        {
            Answer(probe, error);
        }
    }

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size)
    {
        if (sequence >= 1 && sequence <= _probes.Length)
        {
            Answer(_probes[sequence - 1], from, isFinal: true, string.Empty);
        }
    }

    public void OnError(PingSocket socket, IcmpError error)
    {
        if (error.Sequence >= 1 && error.Sequence <= _probes.Length)
        {
            Answer(_probes[error.Sequence - 1], error);
        }
    }

    /// <summary>parse_icmp_res: time exceeded goes on, everything else ends the way.</summary>
    private void Answer(TracerouteProbe probe, in IcmpError error)
    {
        bool isIPv6 = _arguments.Destination.IsIPv6;
        bool isExceeded = error.Type == (isIPv6 ? (byte)Icmpv6Type.TimeExceeded : (byte)IcmpType.TimeExceeded) && error.Code == 0;
        string mark = isExceeded ? string.Empty : isIPv6 ? MarkIPv6(error) : MarkIPv4(error);
        Answer(probe, error.From, !isExceeded, mark);
    }

    private void Answer(TracerouteProbe probe, InternetAddress from, bool isFinal, string mark)
    {
        if (probe.IsDone || !probe.IsSent)
        {
            return;
        }

        probe.From = from;
        probe.Time = _node.Now - probe.Sent;
        probe.Mark = mark;
        probe.IsFinal = isFinal;
        Close(probe);
        if (isFinal)
        {
            _end = Math.Min(_end, ((probe.Index / _arguments.Queries) + 1) * _arguments.Queries);
        }

        if (!_isSending)
        {
            Advance();
        }
    }

    private static string MarkIPv4(in IcmpError error) => error.Type != (byte)IcmpType.DestinationUnreachable
        ? $"!<{error.Type}-{error.Code}>"
        : error.Code switch
        {
            0 or 6 or 8 or 11 => "!N",
            1 or 7 or 12 => "!H",
            2 => "!P",
            3 => string.Empty,
            4 => $"!F-{error.Information & 0xFFFF}",
            5 => "!S",
            9 or 10 or 13 => "!X",
            14 => "!V",
            15 => "!C",
            _ => $"!<{error.Code}>",
        };

    private static string MarkIPv6(in IcmpError error) => ((Icmpv6Type)error.Type, error.Code) switch
    {
        (Icmpv6Type.DestinationUnreachable, 0) => "!N",
        (Icmpv6Type.DestinationUnreachable, 1) => "!X",
        (Icmpv6Type.DestinationUnreachable, 2 or 3) => "!H",
        (Icmpv6Type.DestinationUnreachable, 4) => string.Empty,
        (Icmpv6Type.PacketTooBig, _) => $"!F-{error.Information}",
        _ => $"!<{error.Type}-{error.Code}>",
    };

    /// <summary>Gives up what has waited too long, sends what may go out, and arms the timer for the next wait that ends.</summary>
    private void Advance()
    {
        if (IsCompleted)
        {
            return;
        }

        _isSending = true;
        int underWay = 0;
        SimTime next = SimTime.Never;
        for (int i = 0; i < _end && underWay < _arguments.Simultaneous; i++)
        {
            TracerouteProbe probe = _probes[i];
            if (!probe.IsSent)
            {
                Send(probe);
            }

            if (probe.IsDone)
            {
                continue;
            }

            SimTime until = probe.Sent + WaitOf(probe);
            if (until <= _node.Now)
            {
                Close(probe);
                continue;
            }

            underWay++;
            next = until < next ? until : next;
        }

        _isSending = false;
        if (underWay == 0)
        {
            Finish(0);
        }
        else
        {
            _node.Schedule(_timer, next);
        }
    }

    private Duration WaitOf(TracerouteProbe probe)
    {
        int hop = probe.Index - (probe.Index % _arguments.Queries);
        foreach (TracerouteProbe other in _probes.AsSpan(hop, _arguments.Queries))
        {
            if (other.Time > Duration.Zero)
            {
                return Shorter(other.Time * HereFactor);
            }
        }

        foreach (TracerouteProbe other in _probes.AsSpan(probe.Index + 1))
        {
            if (other.Time > Duration.Zero)
            {
                return Shorter(other.Time * NearFactor);
            }
        }

        return _arguments.Wait;
    }

    private Duration Shorter(Duration wait) => wait < _arguments.Wait ? wait : _arguments.Wait;

    private void Send(TracerouteProbe probe)
    {
        probe.IsSent = true;
        probe.Sent = _node.Now;
        PathMtuDiscovery discovery = _arguments.DontFragment ? PathMtuDiscovery.Probe : PathMtuDiscovery.Dont;
        if (_echo is not null)
        {
            PingOptions options = new()
            {
                Size = _payload.Length,
                Ttl = probe.Ttl,
                Discovery = discovery,
                Device = _arguments.Device,
                Source = _arguments.Source,
            };
            _echo.Send(_arguments.Destination, (ushort)(probe.Index + 1), options);
            return;
        }

        probe.Socket = _space.Udp.Open(_arguments.Source, 0, this, out _);
        if (probe.Socket is null)
        {
            probe.IsDone = true;
            return;
        }

        probe.Socket.Ttl = probe.Ttl;
        probe.Socket.Device = _arguments.Device;
        probe.Socket.Discovery = discovery;
        probe.Socket.SendTo(_arguments.Destination, (ushort)(_arguments.Port + probe.Index), _payload);
    }

    private static void Close(TracerouteProbe probe)
    {
        probe.IsDone = true;
        probe.Socket?.Close();
        probe.Socket = null;
    }

    private void Finish(int exit)
    {
        _node.Cancel(_timer);
        _echo?.Close();
        Array.ForEach(_probes, Close);
        Complete(new CommandResult(exit, Print(), string.Empty));
    }

    private string Print()
    {
        StringBuilder text = new(_head);
        InternetAddress shown = default;
        for (int i = 0; i < _end && _probes[i].IsSent; i++)
        {
            TracerouteProbe probe = _probes[i];
            if (i % _arguments.Queries == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{probe.Ttl,2} ");
                shown = default;
            }

            if (probe.From.IsNone)
            {
                text.Append(" *");
                continue;
            }

            if (probe.From != shown)
            {
                shown = probe.From;
                string name = shown == _arguments.Destination ? _arguments.Host : $"{shown}";
                text.Append(_arguments.IsNumeric ? $" {shown}" : $" {name} ({shown})");
            }

            long microseconds = (probe.Time.Nanoseconds + 500) / 1000;
            text.Append($"  {PingText.Milliseconds(microseconds)} ms");
            text.Append(probe.Mark.Length > 0 ? $" {probe.Mark}" : string.Empty);
        }

        return text.Append('\n').ToString();
    }
}
