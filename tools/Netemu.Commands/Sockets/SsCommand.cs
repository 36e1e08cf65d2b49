using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Sockets;

/// <summary>ss of iproute2: sockets by kind, state, port and address, with owners, timers and figures. Names are never resolved.</summary>
public sealed class SsCommand : ICommand
{
    private static readonly ImmutableArray<KeyValuePair<string, string>> Long =
    [
        new("--tcp", "-t"), new("--udp", "-u"), new("--raw", "-w"), new("--listening", "-l"), new("--all", "-a"), new("--numeric", "-n"),
        new("--ipv4", "-4"), new("--ipv6", "-6"), new("--no-header", "-H"), new("--processes", "-p"), new("--options", "-o"),
        new("--info", "-i"), new("--summary", "-s"), new("--oneline", "-O"), new("--kill", "-K"),
    ];

    public ImmutableArray<string> Names { get; } = ["ss"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-t -u -w -l -a -n -4 -6 -H -p -o -i -s -O -r -e -m -K "
        + "--tcp --udp --raw --listening --all --numeric --ipv4 --ipv6 --no-header --processes --options --info --summary --oneline --kill");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar, new Dictionary<string, string>(Long));
        if (read.Complaint("ss", Grammar) is { } complaint)
        {
            return CommandJob.Completed(CommandResult.Failure(255, complaint));
        }

        if (read.Has("-s"))
        {
            return CommandJob.Completed(CommandResult.Output(Summary(invocation.Namespace)));
        }

        if (SocketFilter.Parse(read.Operands, out string error) is not { } filter)
        {
            return CommandJob.Completed(CommandResult.Failure(255, error));
        }

        bool every = !read.Has("-t") && !read.Has("-u") && !read.Has("-w");
        bool alone = new[] { "-t", "-u", "-w" }.Count(read.Has) == 1;
        List<SocketRow> rows = [];
        if (read.Has("-w"))
        {
            rows.AddRange(Choose(SocketList.Raw(invocation.Namespace), "UNCONN", read, filter));
        }

        if (every || read.Has("-u"))
        {
            rows.AddRange(Choose(SocketList.Udp(invocation.Namespace), "UNCONN", read, filter));
        }

        if (every || read.Has("-t"))
        {
            rows.AddRange(Choose(SocketList.Tcp(invocation.Namespace), "LISTEN", read, filter));
        }

        if (read.Has("-4") != read.Has("-6"))
        {
            rows.RemoveAll(r => r.IsIPv6 != read.Has("-6"));
        }

        rows.RemoveAll(r => !filter.Takes(r));
        if (read.Has("-K"))
        {
            // What cannot be closed, or is closed already, is not shown (show_one_inet_sock).
            rows.RemoveAll(r => SocketDiagnosis.Destroy(invocation.Namespace, r.Socket!) != Errno.None);
        }

        return CommandJob.Completed(CommandResult.Output(LayOut(rows, !alone, !filter.HasOneState, read)));
    }

    private static IEnumerable<SocketRow> Choose(IEnumerable<SocketRow> rows, string passive, OptionReader read, SocketFilter filter) =>
        rows.Where(r => read.Has("-a") || filter.HasStates || (r.State == passive) == read.Has("-l"));

    /// <summary>Columns as wide as their longest entry; addresses end at the colon, ports begin there.</summary>
    private static string LayOut(List<SocketRow> rows, bool withProtocol, bool withState, OptionReader read)
    {
        int state = Width(rows, "State", r => r.State);
        int received = Width(rows, "Recv-Q", r => r.Received.ToString(CultureInfo.InvariantCulture));
        int sent = Width(rows, "Send-Q", r => r.Sent.ToString(CultureInfo.InvariantCulture));
        int localAddress = Width(rows, "Local Address", r => r.LocalAddress);
        int localPort = Width(rows, "Port", r => r.LocalPort);
        int peerAddress = Width(rows, "Peer Address", r => r.PeerAddress);
        int peerPort = Width(rows, "Port", r => r.PeerPort);
        bool anyLast = read.Has("-p") || read.Has("-o");
        int last = anyLast && !read.Has("-i") ? Width(rows, "Process", r => Last(r, read)) : 0;
        StringBuilder text = new();
        if (!read.Has("-H"))
        {
            string netid = withProtocol ? "Netid " : string.Empty;
            text.Append(netid).Append(withState ? $"{"State".PadRight(state)} " : string.Empty).Append("Recv-Q".PadRight(received)).Append(' ').Append("Send-Q".PadRight(sent))
                .Append(' ').Append("Local Address".PadLeft(localAddress)).Append(':').Append("Port".PadRight(localPort))
                .Append(' ').Append("Peer Address".PadLeft(peerAddress)).Append(':').Append("Port".PadRight(peerPort)).Append("Process".PadRight(last)).Append('\n');
        }

        foreach (SocketRow row in rows)
        {
            text.Append(withProtocol ? row.Protocol.PadRight(6) : string.Empty)
                .Append(withState ? $"{row.State.PadRight(state)} " : string.Empty)
                .Append(row.Received.ToString(CultureInfo.InvariantCulture).PadRight(received)).Append(' ')
                .Append(row.Sent.ToString(CultureInfo.InvariantCulture).PadRight(sent)).Append(' ')
                .Append(row.LocalAddress.PadLeft(localAddress)).Append(':').Append(row.LocalPort.PadRight(localPort)).Append(' ')
                .Append(row.PeerAddress.PadLeft(peerAddress)).Append(':').Append(row.PeerPort.PadRight(peerPort))
                .Append(Last(row, read).PadRight(last)).Append('\n');
            if (read.Has("-i") && row.Details is { } details)
            {
                text.Append("\t ").Append(details).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Last(SocketRow row, OptionReader read)
    {
        string owner = read.Has("-p") && row.Owner is { } known ? $" {known}" : string.Empty;
        return read.Has("-o") && row.Timer is { } timer ? $"{owner} {timer}" : owner;
    }

    private static string Summary(NetworkNamespace space)
    {
        List<SocketRow> tcp = [.. SocketList.Tcp(space)];
        List<SocketRow> udp = [.. SocketList.Udp(space)];
        List<SocketRow> raw = [.. SocketList.Raw(space)];
        int waiting = tcp.Count(r => r.State == "TIME-WAIT");
        List<SocketRow> inet = [.. tcp.Where(r => r.State != "TIME-WAIT")];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Total: {inet.Count + udp.Count + raw.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"TCP:   {tcp.Count} (estab {tcp.Count(r => r.State == "ESTAB")}, closed {waiting}, orphaned 0, timewait {waiting})\n\n");
        text.Append("Transport Total     IP        IPv6\n");
        Line("RAW", raw);
        Line("UDP", udp);
        Line("TCP", inet);
        Line("INET", [.. raw, .. udp, .. inet]);
        Line("FRAG", []);
        return text.Append('\n').ToString();

        void Line(string name, List<SocketRow> rows) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}\t  {rows.Count,-9} {rows.Count(r => !r.IsIPv6),-9} {rows.Count(r => r.IsIPv6),-9}\n");
    }

    private static int Width(List<SocketRow> rows, string header, Func<SocketRow, string> column) =>
        rows.Select(r => column(r).Length).Append(header.Length).Max();
}
