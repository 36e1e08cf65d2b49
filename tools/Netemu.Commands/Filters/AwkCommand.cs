using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Filters;

/// <summary>The one awk program that scripts use on tools' output: '{print $N, $M}', with an optional -F separator.</summary>
public sealed class AwkCommand : ITextFilter
{
    public ImmutableArray<string> Names { get; } = ["awk"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-F=SEPARATOR");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private static CommandResult Run(CommandInvocation invocation)
    {
        string? separator = null;
        string? program = null;
        for (int i = 0; i < invocation.Arguments.Length; i++)
        {
            string argument = invocation.Arguments[i];
            if (argument == "-F" && i + 1 < invocation.Arguments.Length)
            {
                separator = invocation.Arguments[++i];
            }
            else if (argument.StartsWith("-F", StringComparison.Ordinal) && argument.Length > 2)
            {
                separator = argument[2..];
            }
            else
            {
                program ??= argument;
            }
        }

        if (program is null || ParseProgram(program) is not { } fields)
        {
            return CommandResult.Failure(2, $"awk: cannot run '{program}'\nhint: only '{{print $N}}' and '{{print $N, $M}}' are supported");
        }

        CommandOutput output = new();
        foreach (string line in TextLines.Split(invocation.Input))
        {
            string[] words = separator is null
                ? line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
                : line.Split(separator);
            output.Line(string.Join(' ', fields.Select(f => f switch
            {
                0 => line,
                -1 => words.LastOrDefault(string.Empty),
                _ => f <= words.Length ? words[f - 1] : string.Empty,
            })));
        }

        return output.ToResult(0);
    }

    /// <summary>The field numbers; -1 is $NF. Null if it is another program.</summary>
    private static List<int>? ParseProgram(string program)
    {
        string text = program.Trim();
        if (!text.StartsWith('{') || !text.EndsWith('}'))
        {
            return null;
        }

        text = text[1..^1].Trim().TrimEnd(';').Trim();
        if (!text.StartsWith("print", StringComparison.Ordinal))
        {
            return null;
        }

        text = text["print".Length..].Trim();
        List<int> fields = [];
        foreach (string field in text.Length == 0 ? ["$0"] : text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (field == "$NF")
            {
                fields.Add(-1);
            }
            else if (field.StartsWith('$') && int.TryParse(field.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                fields.Add(number);
            }
            else
            {
                return null;
            }
        }

        return fields;
    }
}
