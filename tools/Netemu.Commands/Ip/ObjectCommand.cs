using System.Collections.Immutable;
using Netemu.Commands.Shell;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>
/// A sibling of ip in iproute2: options, an object, a verb with its words; what is unknown is named in iproute2's own words.
/// </summary>
/// <param name="name">The command.</param>
/// <param name="version">What -V prints.</param>
/// <param name="help">What it says one should try where an option is unknown.</param>
/// <param name="grammar">Its words (<see cref="CommandGrammar.Parse"/>).</param>
public abstract class ObjectCommand(string name, string version, string help, string grammar) : ICommand
{
    public ImmutableArray<string> Names { get; } = [name];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(grammar);

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    /// <summary>Does what an object's verb says; both are unabbreviated.</summary>
    private protected abstract CommandResult Run(IpContext context, string found, string verb);

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
                case "-V" or "-Version":
                    return CommandResult.Output(version + "\n");
                case "-n" or "-netns":
                    if (CommonOptions.Enter(position + 1 < words.Length ? words[++position] : string.Empty, ref space) is { } missing)
                    {
                        return missing;
                    }

                    break;
                case var option when CommonOptions.TryTake(option, ref options):
                    break;
                default:
                    return CommandResult.Failure(
                        255, $"Option \"{words[position]}\" is unknown, try \"{help}\".{Grammar.Hint(string.Empty, words[position])}");
            }
        }

        return position == words.Length || words[position] == "help"
            ? CommandResult.Failure(255, $"Usage: {name} [ OPTIONS ] OBJECT {{ COMMAND | help }}\nwhere  OBJECT := {{ {string.Join(" | ", Grammar.In(name))} }}")
            : Dispatch(invocation.In(space), options, words[position..]);
    }

    private CommandResult Dispatch(CommandInvocation invocation, IpOptions options, ImmutableArray<string> words)
    {
        string? found = Grammar.Expand(name, words[0]);
        if (found is null or "help")
        {
            return CommandResult.Failure(255, $"Object \"{words[0]}\" is unknown, try \"{name} help\".{Grammar.Hint(name, words[0])}");
        }

        string word = words.Length > 1 ? words[1] : "show";
        string? verb = Grammar.Expand(found, word);
        if (verb is null or "help")
        {
            return CommandResult.Failure(255, $"Command \"{word}\" is unknown, try \"{name} {found} help\".{Grammar.Hint(found, word)}");
        }

        IpArguments arguments = new(invocation.Namespace, words.Length > 1 ? words[2..] : []);
        return Run(new IpContext(invocation, options, Grammar, arguments), found, verb);
    }
}
