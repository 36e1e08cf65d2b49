using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Commands.Sockets;

/// <summary>The sockets of a namespace as rows, for ss and netstat.</summary>
internal static class SocketList
{
    public static IEnumerable<SocketRow> Udp(NetworkNamespace space)
    {
        foreach (UdpSocket socket in space.Udp.Sockets())
        {
            bool connected = !socket.RemoteAddress.IsNone;
            yield return Owned(space, socket, new SocketRow(
                "udp", connected ? "ESTAB" : "UNCONN", 0, 0, Text(socket.LocalAddress), Number(socket.LocalPort),
                connected ? Text(socket.RemoteAddress) : Any(socket.LocalAddress), connected ? Number(socket.RemotePort) : "*"));
        }
    }

    public static IEnumerable<SocketRow> Raw(NetworkNamespace space)
    {
        foreach (RawSocket socket in space.Raw.Sockets)
        {
            string any = socket.Family == AddressFamily.IPv6 ? "[::]" : "0.0.0.0";
            string protocol = socket.Protocol.ToString().ToLowerInvariant();
            yield return Owned(space, socket, new SocketRow("raw", "UNCONN", 0, 0, any, protocol, any, "*"));
        }
    }

    public static IEnumerable<SocketRow> Tcp(NetworkNamespace space)
    {
        if (space.TcpOrNull is not { } table)
        {
            yield break;
        }

        foreach (TcpListener listener in table.Listeners())
        {
            yield return Owned(space, listener, new SocketRow(
                "tcp", "LISTEN", listener.Waiting, listener.Backlog, Text(listener.LocalAddress), Number(listener.LocalPort),
                Any(listener.LocalAddress), "*"));
        }

        foreach (TcpConnection connection in table.Connections())
        {
            SocketRow row = new(
                "tcp", StateName(connection.State), connection.UnreadBytes, connection.UnacknowledgedBytes,
                Text(connection.LocalAddress), Number(connection.LocalPort), Text(connection.RemoteAddress), Number(connection.RemotePort))
            {
                Timer = TimerOf(connection, space.Node.Now),
                Details = DetailsOf(connection),
            };
            yield return Owned(space, connection, row);
        }
    }

    private static SocketRow Owned(NetworkNamespace space, object socket, SocketRow row)
    {
        row = row with { Socket = socket };
        if (space.Node.Processes.OwnerOf(socket) is not { } owner)
        {
            return row;
        }

        int descriptor = 0;
        foreach ((int number, ProcessSocket held) in owner.Sockets)
        {
            descriptor = ProcessTable.Holds(held, socket) ? number : descriptor;
        }

        return row with
        {
            Owner = $"users:((\"{owner.Name}\",pid={owner.Id},fd={descriptor}))",
            Program = $"{owner.Id}/{owner.Name}",
        };
    }

    private static string? TimerOf(TcpConnection connection, SimTime now)
    {
        string? name = connection.Timer switch
        {
            TcpTimer.On => "on",
            TcpTimer.KeepAlive => "keepalive",
            TcpTimer.TimeWait => "timewait",
            TcpTimer.Persist => "persist",
            _ => null,
        };
        return name is null ? null : $"timer:({name},{Span(connection.TimerDue - now)},{connection.Backoff})";
    }

    /// <summary>print_ms_timer: minutes, seconds, and milliseconds below nine seconds.</summary>
    private static string Span(Duration time)
    {
        long milliseconds = time.Nanoseconds < 0 ? 0 : time.Milliseconds;
        long seconds = milliseconds / 1000;
        if (seconds >= 60)
        {
            return seconds % 60 == 0 ? $"{seconds / 60}min" : $"{seconds / 60}min{seconds % 60}sec";
        }

        return seconds > 9 ? $"{seconds}sec"
            : seconds > 0 ? $"{seconds}.{milliseconds % 1000:d3}sec"
            : $"{milliseconds}ms";
    }

    private static string DetailsOf(TcpConnection connection)
    {
        string threshold = connection.SlowStartThreshold == int.MaxValue
            ? string.Empty
            : $" ssthresh:{connection.SlowStartThreshold / System.Math.Max(connection.SegmentSize, 1)}";
        string retransmitted = connection.Retransmissions == 0 ? string.Empty : $" retrans:0/{connection.Retransmissions}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{connection.CongestionControl.ToString().ToLowerInvariant()} rto:{connection.RetransmissionTimeout.Milliseconds} rtt:{Milliseconds(connection.RoundTripTime)}/{Milliseconds(connection.RoundTripVariation)} mss:{connection.SegmentSize} cwnd:{connection.CongestionWindow / System.Math.Max(connection.SegmentSize, 1)}{threshold}{retransmitted}");
    }

    private static string Milliseconds(Duration time) =>
        (time.Nanoseconds / 1_000 / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Any(InternetAddress like) => like.IsIPv6 ? "[::]" : "0.0.0.0";

    private static string Text(InternetAddress address) =>
        address.IsNone ? "0.0.0.0" : address.IsIPv6 ? $"[{address}]" : address.ToString();

    private static string Number(ushort port) => port.ToString(CultureInfo.InvariantCulture);

    private static string StateName(TcpState state) => state switch
    {
        TcpState.Established => "ESTAB",
        TcpState.SynSent => "SYN-SENT",
        TcpState.SynReceived => "SYN-RECV",
        TcpState.FinWait1 => "FIN-WAIT-1",
        TcpState.FinWait2 => "FIN-WAIT-2",
        TcpState.CloseWait => "CLOSE-WAIT",
        TcpState.LastAck => "LAST-ACK",
        TcpState.TimeWait => "TIME-WAIT",
        TcpState.Closing => "CLOSING",
        TcpState.Listen => "LISTEN",
        _ => "UNCONN",
    };
}
