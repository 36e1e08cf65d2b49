using System.Collections.Immutable;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Traffic;

/// <summary>tc of iproute2: the queueing disciplines of the devices.</summary>
public sealed class TcCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["tc"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("""
        -s -statistics -d -details -j -json -p -pretty -n=NETNS -netns=NETNS -c -color
        tc: qdisc help
        qdisc: add change replace link delete show list help
        qdisc add: dev=DEVICE handle=HANDLE root parent=CLASS pfifo bfifo pfifo_head_drop pfifo_fast prio tbf netem fq_codel noqueue
        qdisc show: dev=DEVICE handle=HANDLE root parent=CLASS
        pfifo: limit=PACKETS
        bfifo: limit=BYTES
        prio: bands=NUMBER priomap=BANDS
        tbf: limit=BYTES latency=TIME burst=BYTES buffer=BYTES maxburst=BYTES mtu=BYTES minburst=BYTES rate=RATE peakrate=RATE
        fq_codel: limit=PACKETS flows=NUMBER target=TIME interval=TIME quantum=BYTES memory_limit=BYTES ecn noecn ce_threshold=TIME drop_batch=NUMBER
        netem: limit=PACKETS latency=TIME delay=TIME loss=PERCENT drop=PERCENT seed=NUMBER ecn reorder=PERCENT corrupt=PERCENT gap=NUMBER duplicate=PERCENT distribution=WORD rate=RATE
        """);

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        IpOptions options = new();
        NetworkNamespace space = invocation.Namespace;
        ImmutableArray<string> words = invocation.Arguments;
        int position = 0;
        for (; position < words.Length && words[position].StartsWith('-'); position++)
        {
            switch (words[position])
            {
                case "-s" or "-statistics":
                    options = options with { Statistics = options.Statistics + 1 };
                    break;
                case "-d" or "-details":
                    options = options with { Details = true };
                    break;
                case "-j" or "-json":
                    options = options with { Json = true };
                    break;
                case "-p" or "-pretty":
                    options = options with { Pretty = true };
                    break;
                case "-c" or "-color":
                    break;
                case "-n" or "-netns":
                    string name = position + 1 < words.Length ? words[++position] : string.Empty;
                    if (name.Length == 0 || space.Node.FindNamespace(name) is not { } named)
                    {
                        return CommandResult.Failure(255, $"Cannot open network namespace \"{name}\": No such file or directory");
                    }

                    space = named;
                    break;
                default:
                    return CommandResult.Failure(
                        255, $"Option \"{words[position]}\" is unknown, try \"tc -help\".{Grammar.Hint(string.Empty, words[position])}");
            }
        }

        return position == words.Length
            ? CommandResult.Failure(255, $"Usage: tc [ OPTIONS ] OBJECT {{ COMMAND | help }}\nwhere  OBJECT := {{ {string.Join(" | ", Grammar.In("tc"))} }}")
            : Dispatch(invocation.In(space), options, words[position..]);
    }

    private CommandResult Dispatch(CommandInvocation invocation, IpOptions options, ImmutableArray<string> words)
    {
        string? found = Grammar.Expand("tc", words[0]);
        if (found is null or "help")
        {
            return CommandResult.Failure(255, $"Object \"{words[0]}\" is unknown, try \"tc help\".{Grammar.Hint("tc", words[0])}");
        }

        string verb = words.Length > 1 ? words[1] : "show";
        string? expanded = Grammar.Expand(found, verb);
        if (expanded is null or "help")
        {
            return CommandResult.Failure(255, $"Command \"{verb}\" is unknown, try \"tc {found} help\".{Grammar.Hint(found, verb)}");
        }

        IpContext context = new(
            invocation, options, Grammar, new IpArguments(invocation.Namespace, words.Length > 1 ? words[2..] : []));
        return (found, expanded) switch
        {
            ("qdisc", "show" or "list") => QdiscText.Show(context),
            _ => QdiscObject.Modify(context, expanded),
        };
    }
}
