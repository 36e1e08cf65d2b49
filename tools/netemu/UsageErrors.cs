using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Linq;
using Netemu.Calico.Yaml;

namespace Netemu.Cli;

/// <summary>Tells what is wrong with a command line in the words of whoever typed it, and what was probably meant.</summary>
internal static class UsageErrors
{
    public static void Write(ParseResult parsed, Terminal terminal)
    {
        List<string> words = [.. parsed.UnmatchedTokens];

        // '--untill 5s': the parser takes the option for TOPO and has no use for what follows.
        if (MistakenOption(parsed) is { } mistaken)
        {
            words.Insert(0, mistaken);
        }

        string? hint = null;
        if (words.Count > 0)
        {
            Command command = parsed.CommandResult.Command;
            bool isOption = words[0].Length > 1 && words[0][0] == '-';
            bool wantsCommand = command.Subcommands.Count > 0 && command.Action is null && !isOption;
            terminal.Error.WriteLine(
                wantsCommand ? $"netemu: '{words[0]}' is no command{(command is RootCommand ? string.Empty : $" of {command.Name}")}"
                : isOption ? $"netemu: '{words[0]}' is no option of {command.Name}"
                : $"netemu: {command.Name} does not know what to do with '{words[0]}'");
            hint = Spelling.Hint(words[0], wantsCommand ? command.Subcommands.Select(c => c.Name) : OptionsOf(parsed.CommandResult));
        }
        else
        {
            foreach (ParseError error in parsed.Errors)
            {
                terminal.Error.WriteLine($"netemu: {Plain(error)}");
                hint ??= error.SymbolResult is ArgumentResult { Tokens: [var word, ..] } argument
                    ? Spelling.Hint(word.Value, ValuesOf(argument.Argument))
                    : null;
            }
        }

        terminal.Error.WriteLine($"hint: {hint ?? Help(parsed.CommandResult.Command)}");
    }

    /// <summary>Where to read on; the words that a command takes, and its commands, if it has some.</summary>
    private static string Help(Command command)
    {
        List<string> known = [.. command.Arguments.SelectMany(ValuesOf), .. command.Subcommands.Select(c => c.Name)];
        return command is RootCommand || known.Count == 0
            ? "netemu --help, or netemu COMMAND --help"
            : $"known are {string.Join(", ", known)}; netemu {command.Name} --help tells more";
    }

    /// <summary>The words that an argument may be; none if it may be any.</summary>
    private static IEnumerable<string> ValuesOf(Argument argument) => argument.GetCompletions(CompletionContext.Empty).Select(c => c.Label);

    /// <summary>A word that begins like an option, and that an argument took as there is no such option; not what stands behind <c>--</c>.</summary>
    private static string? MistakenOption(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.Length > 2 && token.Value.StartsWith("--", System.StringComparison.Ordinal))?.Value;

    private static IEnumerable<string> OptionsOf(CommandResult command) =>
        command.Command.Options.SelectMany(o => o.Aliases.Prepend(o.Name));

    /// <summary>What is missing by its name, and a value that does not fit without the name of the type that it does not fit.</summary>
    private static string Plain(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Tokens: [.., var value] } option && error.Message.Contains("System.", System.StringComparison.Ordinal))
        {
            string needed = option.Option.ValueType == typeof(ulong?) || option.Option.ValueType == typeof(ulong)
                ? "a whole number from 0"
                : "a whole number";
            return $"{option.Option.Name}: '{value.Value}' is not {needed}";
        }

        return error.SymbolResult is not ArgumentResult { Parent: CommandResult command } argument ? error.Message
            : argument.Tokens.Count == 0 ? $"{command.Command.Name} needs {argument.Argument.Name}"
            : ValuesOf(argument.Argument).Any() ? $"'{argument.Tokens[0].Value}' is no {argument.Argument.Name} of {command.Command.Name}"
            : error.Message;
    }
}
