using System.Collections.Immutable;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Commands.Netfilter;

/// <summary>ipset: sets, their members, save and restore.</summary>
public sealed class IpsetCommand : IInputReader
{
    public ImmutableArray<string> Names { get; } = ["ipset"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        $"{string.Join(' ', IpsetCommandLine.Words)} -N -A -D -T -X -L -S -R -F -E -W -n -name -t -terse -s -sorted -o=FORMAT -output=FORMAT -exist -! -q -quiet");

    public CommandJob Start(CommandInvocation invocation)
    {
        IptablesResult result = IpsetCommandLine.Run(invocation.Namespace.Netfilter.Sets, invocation.Arguments, invocation.Input);
        string error = result.Error;
        if (result.ExitCode != 0 && invocation.Arguments.FirstOrDefault() is { } verb && Grammar.Find(string.Empty, verb) is null)
        {
            error += Grammar.Hint(string.Empty, verb).TrimStart('\n') is { Length: > 0 } hint ? hint + "\n" : string.Empty;
        }

        return CommandJob.Completed(new CommandResult(result.ExitCode, result.Output, error));
    }
}
