using System.Collections.Immutable;
using Netemu.Commands.Shell;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Netfilter.Text;

namespace Netemu.Commands.Netfilter;

/// <summary>ipset list and save, of one set or of all.</summary>
public sealed class IpsetCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["ipset"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": list save -n -name -L -S");

    public CommandJob Start(CommandInvocation invocation)
    {
        ImmutableArray<string> arguments = invocation.Arguments;
        SetTable sets = invocation.Namespace.Netfilter.Sets;
        string? name = arguments.Length > 1 ? arguments[^1] : null;
        if (name is not null && name[0] != '-' && sets.Find(name) is null)
        {
            return Fail("The set with the given name does not exist");
        }

        switch (arguments.IsEmpty ? string.Empty : arguments[0])
        {
            case "list" or "-L" when name is "-n" or "-name":
                return CommandJob.Completed(CommandResult.Output(string.Concat(System.Linq.Enumerable.Select(sets.All, s => s.Name + "\n"))));
            case "list" or "-L":
                return CommandJob.Completed(CommandResult.Output(SetText.List(sets, name)));
            case "save" or "-S":
                return CommandJob.Completed(CommandResult.Output(SetText.Save(sets, name)));
            case "":
                return Fail("No command specified.");
            default:
                return Fail($"Unknown argument `{arguments[0]}' (this ipset knows list and save)");
        }
    }

    private static CommandJob Fail(string message) => CommandJob.Completed(CommandResult.Failure(1, $"ipset v7.17: {message}"));
}
