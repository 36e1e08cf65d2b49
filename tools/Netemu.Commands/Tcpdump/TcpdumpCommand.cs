using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;

namespace Netemu.Commands.Tcpdump;

/// <summary>tcpdump 4.99: -i, -n, -e, -c, -q, -v, -t, -Q and filters. Names are never resolved; files are written by `capture`.</summary>
public sealed class TcpdumpCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["tcpdump"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-i=DEVICE -c=COUNT -n -e -q -v -t -l -U -p -K -Q=DIRECTION -s=LENGTH --interface=DEVICE --direction=DIRECTION");

    public CommandJob Start(CommandInvocation invocation)
    {
        OptionReader read = OptionReader.Read(
            invocation.Arguments, Grammar, new Dictionary<string, string> { ["--interface"] = "-i", ["--direction"] = "-Q" });
        if (read.Complaint("tcpdump", Grammar) is { } complaint)
        {
            string hint = read.Unknown is "-w" or "-r" ? "\nhint: files are written by `capture:` of a topology and by `netemu run -w`" : string.Empty;
            return Fail(complaint + hint);
        }

        long count = 0;
        if (read.Value("-c") is { } limit && (!long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count == 0))
        {
            return Fail($"tcpdump: invalid packet count {limit}");
        }

        string name = read.Value("-i")
            ?? invocation.Namespace.Devices.FirstOrDefault(d => d is { IsUp: true, IsLoopback: false })?.Name ?? "lo";
        List<NetDevice> devices = [.. invocation.Namespace.Devices.Where(d => name == "any" || d.Name == name)];
        if (devices.Count == 0)
        {
            return Fail($"tcpdump: {name}: No such device exists\n(No such device exists)");
        }

        if (PacketFilterExpression.Parse(read.Operands, out string wrong) is not { } filter)
        {
            return Fail($"tcpdump: can't parse filter expression: syntax error\nhint: near '{wrong}'");
        }

        int times = read.Options.Count(o => o.Key == "-t");
        return new TcpdumpJob(
            devices,
            new TcpdumpOptions
            {
                Count = count,
                ShowsEthernet = read.Has("-e"),
                IsQuiet = read.Has("-q"),
                IsVerbose = read.Has("-v"),
                IsWithoutTime = times == 1,
                ShowsSeconds = times == 2,
                AllDevices = name == "any",
                Direction = read.Value("-Q") ?? "inout",
            },
            filter);
    }

    private static CommandJob Fail(string message) => CommandJob.Completed(CommandResult.Failure(1, message));
}
