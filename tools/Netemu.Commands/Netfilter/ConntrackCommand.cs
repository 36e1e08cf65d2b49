using System.Collections.Immutable;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Commands.Netfilter;

/// <summary>conntrack -L: the connections of a namespace.</summary>
public sealed class ConntrackCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["conntrack"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": -L --dump -f --family ipv4 ipv6");

    public CommandJob Start(CommandInvocation invocation)
    {
        string[] unknown = [.. invocation.Arguments.Where(a => a is not ("-L" or "--dump" or "-f" or "--family" or "ipv4" or "ipv6"))];
        if (unknown.Length > 0 || invocation.Arguments.IsEmpty)
        {
            string what = unknown.Length > 0 ? $"Bad parameter '{unknown[0]}'" : "You need to supply an operation (this conntrack knows -L)";
            return CommandJob.Completed(CommandResult.Failure(2, $"conntrack v1.4.7 (conntrack-tools): {what}"));
        }

        AddressFamily family = invocation.Arguments.Contains("ipv6") ? AddressFamily.IPv6 : AddressFamily.IPv4;
        string list = ConnectionText.List(invocation.Namespace.Netfilter.Connections, family, invocation.Namespace.Node.Now);
        int count = list.Count(c => c == '\n');
        return CommandJob.Completed(new CommandResult(
            0, list, $"conntrack v1.4.7 (conntrack-tools): {count} flow entries have been shown.\n"));
    }
}
