using System.Collections.Immutable;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Commands.Netfilter;

/// <summary>iptables, ip6tables and their -save and -restore, on the engine's tables in the tools' own words.</summary>
public sealed class IptablesTool : IInputReader
{
    public ImmutableArray<string> Names { get; } =
        ["iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore"];

    public CommandGrammar Grammar => CommandGrammar.Empty;

    public CommandJob Start(CommandInvocation invocation)
    {
        AddressFamily family = invocation.Name.StartsWith("ip6", System.StringComparison.Ordinal) ? AddressFamily.IPv6 : AddressFamily.IPv4;
        PacketFilter filter = invocation.Namespace.Netfilter;
        if (invocation.Name.EndsWith("-save", System.StringComparison.Ordinal))
        {
            bool counters = invocation.Arguments.Contains("-c") || invocation.Arguments.Contains("--counters");
            int place = invocation.Arguments.IndexOf("-t") is var shortOption and >= 0 ? shortOption : invocation.Arguments.IndexOf("--table");
            if (place < 0)
            {
                return CommandJob.Completed(CommandResult.Output(TableText.Save(filter, family, counters)));
            }

            string name = place + 1 < invocation.Arguments.Length ? invocation.Arguments[place + 1] : string.Empty;
            return CommandJob.Completed(
                !TableNames.TryParse(name, out TableName table) ? CommandResult.Failure(1, $"Table `{name}' does not exist")
                : CommandResult.Output(TableText.Save(filter, family, table, counters)));
        }

        IptablesResult result = invocation.Name.EndsWith("-restore", System.StringComparison.Ordinal)
            ? IptablesRestore.Run(
                filter,
                family,
                invocation.Input,
                invocation.Arguments.Contains("-n") || invocation.Arguments.Contains("--noflush"),
                invocation.Arguments.Contains("-c") || invocation.Arguments.Contains("--counters"))
            : IptablesCommand.Run(filter, family, invocation.Arguments);
        return CommandJob.Completed(new CommandResult(result.ExitCode, result.Output, result.Error));
    }
}
