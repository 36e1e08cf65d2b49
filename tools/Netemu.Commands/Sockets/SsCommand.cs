using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Commands.Sockets;

/// <summary>ss of iproute2: -t, -u, -l, -a, -n, -4, -6, -H, alone or together. Names are never resolved.</summary>
public sealed class SsCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["ss"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": -t -u -l -a -n -4 -6 -H -p");

    public CommandJob Start(CommandInvocation invocation)
    {
        string flags = string.Empty;
        foreach (string argument in invocation.Arguments)
        {
            if (argument.Length < 2 || argument[0] != '-' || argument.Skip(1).Any(c => !"tulan46Hp".Contains(c, StringComparison.Ordinal)))
            {
                return CommandJob.Completed(CommandResult.Failure(255, $"ss: invalid option -- '{argument.TrimStart('-')}'"));
            }

            flags += argument[1..];
        }

        bool all = flags.Contains('a', StringComparison.Ordinal);
        bool listening = flags.Contains('l', StringComparison.Ordinal);
        bool tcp = flags.Contains('t', StringComparison.Ordinal);
        bool udp = flags.Contains('u', StringComparison.Ordinal);
        bool both = tcp == udp;
        List<SocketRow> rows = [];
        if (udp || both)
        {
            rows.AddRange(Udp(invocation.Namespace).Where(r => all || (r.State == "UNCONN") == listening));
        }

        if (tcp || both)
        {
            rows.AddRange(Tcp(invocation.Namespace).Where(r => all || (r.State == "LISTEN") == listening));
        }

        if (flags.Contains('4', StringComparison.Ordinal) != flags.Contains('6', StringComparison.Ordinal))
        {
            bool v6 = flags.Contains('6', StringComparison.Ordinal);
            rows.RemoveAll(r => r.LocalAddress.Contains(':', StringComparison.Ordinal) != v6);
        }

        return CommandJob.Completed(CommandResult.Output(LayOut(rows, both, flags.Contains('H', StringComparison.Ordinal))));
    }

    private static IEnumerable<SocketRow> Udp(NetworkNamespace space)
    {
        foreach (UdpSocket socket in space.Udp.Sockets())
        {
            bool connected = !socket.RemoteAddress.IsNone;
            yield return new SocketRow(
                "udp", connected ? "ESTAB" : "UNCONN", 0, 0, Text(socket.LocalAddress), Number(socket.LocalPort),
                connected ? Text(socket.RemoteAddress) : "0.0.0.0", connected ? Number(socket.RemotePort) : "*");
        }
    }

    private static IEnumerable<SocketRow> Tcp(NetworkNamespace space)
    {
        if (space.TcpOrNull is not { } table)
        {
            yield break;
        }

        foreach (TcpListener listener in table.Listeners())
        {
            bool v6 = listener.LocalAddress.IsIPv6;
            yield return new SocketRow(
                "tcp", "LISTEN", 0, listener.Backlog, Text(listener.LocalAddress), Number(listener.LocalPort), v6 ? "[::]" : "0.0.0.0", "*");
        }

        foreach (TcpConnection connection in table.Connections())
        {
            yield return new SocketRow(
                "tcp", StateName(connection.State), connection.UnreadBytes, connection.UnacknowledgedBytes,
                Text(connection.LocalAddress), Number(connection.LocalPort), Text(connection.RemoteAddress), Number(connection.RemotePort));
        }
    }

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

    /// <summary>Columns as wide as their longest entry; addresses end at the colon, ports begin there.</summary>
    private static string LayOut(List<SocketRow> rows, bool withProtocol, bool withoutHeader)
    {
        int state = Width(rows, "State", r => r.State);
        int received = Width(rows, "Recv-Q", r => r.Received.ToString(CultureInfo.InvariantCulture));
        int sent = Width(rows, "Send-Q", r => r.Sent.ToString(CultureInfo.InvariantCulture));
        int localAddress = Width(rows, "Local Address", r => r.LocalAddress);
        int localPort = Width(rows, "Port", r => r.LocalPort);
        int peerAddress = Width(rows, "Peer Address", r => r.PeerAddress);
        int peerPort = Width(rows, "Port", r => r.PeerPort);
        StringBuilder text = new();
        if (!withoutHeader)
        {
            string netid = withProtocol ? "Netid " : string.Empty;
            text.Append(netid).Append("State".PadRight(state)).Append(' ').Append("Recv-Q".PadRight(received)).Append(' ').Append("Send-Q".PadRight(sent))
                .Append(' ').Append("Local Address".PadLeft(localAddress)).Append(':').Append("Port".PadRight(localPort))
                .Append(' ').Append("Peer Address".PadLeft(peerAddress)).Append(':').Append("Port".PadRight(peerPort)).Append("Process\n");
        }

        foreach (SocketRow row in rows)
        {
            text.Append(withProtocol ? row.Protocol.PadRight(6) : string.Empty)
                .Append(row.State.PadRight(state)).Append(' ')
                .Append(row.Received.ToString(CultureInfo.InvariantCulture).PadRight(received)).Append(' ')
                .Append(row.Sent.ToString(CultureInfo.InvariantCulture).PadRight(sent)).Append(' ')
                .Append(row.LocalAddress.PadLeft(localAddress)).Append(':').Append(row.LocalPort.PadRight(localPort)).Append(' ')
                .Append(row.PeerAddress.PadLeft(peerAddress)).Append(':').Append(row.PeerPort.PadRight(peerPort)).Append('\n');
        }

        return text.ToString();
    }

    private static int Width(List<SocketRow> rows, string header, Func<SocketRow, string> column) =>
        rows.Select(r => column(r).Length).Append(header.Length).Max();
}
