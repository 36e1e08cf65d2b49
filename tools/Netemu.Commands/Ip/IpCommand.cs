using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>
/// ip of iproute2: options, then an object, then a verb with its words. Objects and verbs may be abbreviated; what is
/// unknown is named in iproute2's own words.
/// </summary>
public sealed class IpCommand : ICommand
{
    private readonly ImmutableArray<IIpObject> _objects =
    [
        new AddressObject(), new RouteObject(), new RuleObject(), new NeighbourObject(), new LinkObject(), new NetnsObject(),
        new TunnelObject(), new TuntapObject(), new NexthopWords(), new MulticastObject(),
    ];

    public ImmutableArray<string> Names { get; } = ["ip"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(IpGrammar.Table);

    public CommandJob Start(CommandInvocation invocation)
    {
        IpOptions options = new();
        NetworkNamespace space = invocation.Namespace;
        ImmutableArray<string> words = invocation.Arguments;
        int position = 0;
        for (; position < words.Length && words[position].StartsWith('-'); position++)
        {
            string option = words[position].StartsWith("--", StringComparison.Ordinal) ? words[position][1..] : words[position];
            string argument = position + 1 < words.Length ? words[position + 1] : string.Empty;
            switch (option)
            {
                case "-n" or "-net" or "-netns":
                    if (CommonOptions.Enter(argument, ref space) is { } missing)
                    {
                        return CommandJob.Completed(missing);
                    }

                    position++;
                    break;
                case "-f" or "-family":
                    if (argument == "link")
                    {
                        options = options with { LinkOnly = true };
                        position++;
                        break;
                    }

                    if (argument is not ("inet" or "inet6"))
                    {
                        return Fail(255, $"Error: argument \"{argument}\" is wrong: invalid protocol family\n");
                    }

                    options = options with { Family = argument == "inet" ? AddressFamily.IPv4 : AddressFamily.IPv6 };
                    position++;
                    break;
                case "-V" or "-Version":
                    return CommandJob.Completed(CommandResult.Output("ip utility, iproute2-6.1.0, netemu\n"));
                default:
                    if (!CommonOptions.TryTake(option, ref options) && !TryTake(option, ref options))
                    {
                        return Fail(255, $"Option \"{words[position]}\" is unknown, try \"ip -help\".{Grammar.Hint(string.Empty, option)}");
                    }

                    break;
            }
        }

        return Dispatch(invocation.In(space), options, words[position..]);
    }

    /// <summary>Takes an option that only ip has; false if it is none.</summary>
    private static bool TryTake(string option, ref IpOptions options)
    {
        IpOptions? changed = option switch
        {
            "-4" => options with { Family = AddressFamily.IPv4 },
            "-6" => options with { Family = AddressFamily.IPv6 },
            "-br" or "-brief" => options with { Brief = true },
            "-a" or "-all" => options with { All = true },
            "-0" => options with { LinkOnly = true },
            "-c=never" or "-color=never" or "-c=auto" or "-color=auto" or "-c=always" or "-color=always" or "-N" or "-Numeric" => options,
            _ => null,
        };
        options = changed ?? options;
        return changed is not null;
    }

    private static CommandJob Fail(int exit, string message) => CommandJob.Completed(CommandResult.Failure(exit, message));

    private CommandJob Dispatch(CommandInvocation invocation, IpOptions options, ImmutableArray<string> words)
    {
        if (words.IsEmpty)
        {
            return Fail(255, $"Usage: ip [ OPTIONS ] OBJECT {{ COMMAND | help }}\nwhere  OBJECT := {{ {string.Join(" | ", Grammar.In("ip"))} }}");
        }

        if (words[0] == "help")
        {
            return Dispatch(invocation, options, []);
        }

        string? name = Grammar.Expand("ip", words[0]);
        IIpObject? found = null;
        foreach (IIpObject candidate in _objects)
        {
            found = candidate.Name == name || (candidate.Name == "neighbour" && name == "neighbor") ? candidate : found;
        }

        if (found is null)
        {
            return Fail(1, $"Object \"{words[0]}\" is unknown, try \"ip help\".{Grammar.Hint("ip", words[0])}");
        }

        string verb = words.Length > 1 ? words[1] : "show";
        string? expanded = Grammar.Expand(found.Name, verb);
        if (expanded is null)
        {
            return Fail(255, $"Command \"{verb}\" is unknown, try \"ip {found.HelpName} help\".{Grammar.Hint(found.Name, verb)}");
        }

        IpContext context = new(invocation, options, Grammar, new IpArguments(invocation.Namespace, words.Length > 1 ? words[2..] : []));
        if (expanded == "help")
        {
            IEnumerable<string> verbs = Grammar.In(found.Name);
            return Fail(255, $"Usage: ip {found.HelpName} {{ {string.Join(" | ", verbs)} }}");
        }

        return found.Run(context, expanded);
    }
}
