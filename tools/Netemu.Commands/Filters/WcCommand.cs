using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Filters;

/// <summary>wc on a pipe: -l -w -c.</summary>
public sealed class WcCommand : ITextFilter
{
    public ImmutableArray<string> Names { get; } = ["wc"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-l -w -c");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        HashSet<char> flags = [];
        foreach (string argument in invocation.Arguments)
        {
            foreach (char c in argument.AsSpan(1))
            {
                if (!argument.StartsWith('-') || Grammar.Find(string.Empty, $"-{c}") is null)
                {
                    return CommandResult.Failure(1, $"wc: invalid option -- '{c}'");
                }

                flags.Add(c);
            }
        }

        string text = invocation.Input;
        long[] counts =
        [
            .. new (char Flag, long Count)[]
            {
                ('l', text.Count(c => c == '\n')),
                ('w', text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Length),
                ('c', Encoding.UTF8.GetByteCount(text)),
            }.Where(c => flags.Count == 0 || flags.Contains(c.Flag)).Select(c => c.Count),
        ];

        // One number stands alone; several are aligned, at least seven wide as for a pipe.
        return CommandResult.Output(
            counts.Length == 1 ? $"{counts[0]}\n" : string.Join(' ', counts.Select(c => c.ToString().PadLeft(7))) + "\n");
    }
}
