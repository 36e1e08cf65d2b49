using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Filters;

/// <summary>head and tail on a pipe: -n N, -N, -n +N (tail), -n -N (head).</summary>
public sealed class HeadTailCommand : ITextFilter
{
    public ImmutableArray<string> Names { get; } = ["head", "tail"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-n=LINES");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private static CommandResult Run(CommandInvocation invocation)
    {
        string count = "10";
        for (int i = 0; i < invocation.Arguments.Length; i++)
        {
            string argument = invocation.Arguments[i];
            if (argument == "-n" && i + 1 < invocation.Arguments.Length)
            {
                count = invocation.Arguments[++i];
            }
            else if (argument.StartsWith("-n", StringComparison.Ordinal) && argument.Length > 2)
            {
                count = argument[2..];
            }
            else if (argument.Length > 1 && argument[0] == '-' && char.IsAsciiDigit(argument[1]))
            {
                count = argument[1..];
            }
            else if (argument.StartsWith('-'))
            {
                return CommandResult.Failure(1, $"{invocation.Name}: invalid option -- '{argument.TrimStart('-')}'");
            }
            else
            {
                return CommandResult.Failure(1, $"{invocation.Name}: cannot open '{argument}' for reading: No such file or directory");
            }
        }

        if (!int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return CommandResult.Failure(1, $"{invocation.Name}: invalid number of lines: '{count}'");
        }

        IReadOnlyList<string> lines = TextLines.Split(invocation.Input);
        IEnumerable<string> kept = invocation.Name == "head"
            ? lines.Take(number >= 0 ? number : lines.Count + number)
            : count.StartsWith('+') ? lines.Skip(number - 1) : lines.TakeLast(Math.Abs(number));
        CommandOutput output = new();
        foreach (string line in kept)
        {
            output.Line(line);
        }

        return output.ToResult(0);
    }
}
