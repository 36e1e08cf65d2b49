using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;
using Netemu.Commands.Sockets;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.NetTools;

/// <summary>netstat of net-tools: -r routes, -i devices, and sockets (-t -u -w -l -a -p).</summary>
public sealed class NetstatCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["netstat"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-r -i -t -u -w -l -a -n -p -4 -6 -e -v -W --route --interfaces --tcp --udp --raw --listening --all --numeric --programs");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(invocation.Arguments, Grammar, new Dictionary<string, string>
        {
            ["--route"] = "-r", ["--interfaces"] = "-i", ["--tcp"] = "-t", ["--udp"] = "-u", ["--raw"] = "-w",
            ["--listening"] = "-l", ["--all"] = "-a", ["--numeric"] = "-n", ["--programs"] = "-p",
        });
        if (read.Complaint("netstat", Grammar) is { } complaint)
        {
            return CommandJob.Completed(CommandResult.Failure(255, complaint));
        }

        NetworkNamespace space = invocation.Namespace;
        string text = read.Has("-r") ? RouteTable.Describe(space, netstat: true)
            : read.Has("-i") ? Interfaces(space)
            : Sockets(space, read);
        return CommandJob.Completed(CommandResult.Output(text));
    }

    private static string Interfaces(NetworkNamespace space)
    {
        StringBuilder text = new("Kernel Interface table\n");
        text.Append("Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n");
        foreach (NetDevice device in space.Devices.Where(d => d.IsUp).OrderBy(d => d.Name, System.StringComparer.Ordinal))
        {
            DeviceCounters c = device.Counters;
            string flags = device.IsLoopback ? "LRU" : device.IsRunning ? "BMRU" : "BMU";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{device.Name,-15} {device.Mtu,5} {c.ReceivedPackets,8} {0,6} {c.ReceiveDropped,6} {0,-6} {c.TransmittedPackets,8} {0,6} {c.TransmitDropped,6} {0,6} {flags}\n");
        }

        return text.ToString();
    }

    private static string Sockets(NetworkNamespace space, OptionReader read)
    {
        bool every = !read.Has("-t") && !read.Has("-u") && !read.Has("-w");
        List<SocketRow> rows = [];
        if (every || read.Has("-t"))
        {
            rows.AddRange(SocketList.Tcp(space).Where(r => read.Has("-a") || (r.State == "LISTEN") == read.Has("-l")));
        }

        if (every || read.Has("-u"))
        {
            rows.AddRange(SocketList.Udp(space).Where(r => read.Has("-a") || (r.State == "UNCONN") == read.Has("-l")));
        }

        if (every || read.Has("-w"))
        {
            rows.AddRange(SocketList.Raw(space).Where(_ => read.Has("-a") || read.Has("-l")));
        }

        if (read.Has("-4") != read.Has("-6"))
        {
            rows.RemoveAll(r => r.IsIPv6 != read.Has("-6"));
        }

        string which = read.Has("-a") ? "servers and established" : read.Has("-l") ? "only servers" : "w/o servers";
        StringBuilder text = new($"Active Internet connections ({which})\n");
        text.Append("Proto Recv-Q Send-Q Local Address           Foreign Address         State      ")
            .Append(read.Has("-p") ? " PID/Program name    \n" : "\n");
        foreach (SocketRow row in rows)
        {
            string protocol = row.Protocol + (row.IsIPv6 ? "6" : string.Empty);
            text.Append(CultureInfo.InvariantCulture, $"{protocol,-4}  {row.Received,6} {(row.State == "LISTEN" ? 0 : row.Sent),6} ");
            text.Append($"{Endpoint(row.LocalAddress, row.LocalPort),-23} {Endpoint(row.PeerAddress, row.PeerPort),-23} {State(row),-11}");
            text.Append(read.Has("-p") ? $" {row.Program ?? "-",-20}\n" : "\n");
        }

        return text.ToString();
    }

    private static string Endpoint(string address, string port) => $"{address.Trim('[', ']')}:{port}";

    private static string State(SocketRow row) => (row.Protocol, row.State) switch
    {
        ("udp", "ESTAB") => "ESTABLISHED",
        ("udp", _) => string.Empty,
        ("raw", _) => "7",
        (_, "ESTAB") => "ESTABLISHED",
        (_, "FIN-WAIT-1") => "FIN_WAIT1",
        (_, "FIN-WAIT-2") => "FIN_WAIT2",
        (_, string state) => state.Replace('-', '_'),
    };
}
