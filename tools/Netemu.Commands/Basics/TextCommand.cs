using System;
using System.Collections.Immutable;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Basics;

/// <summary>The shell's small commands that take no time: true, false, echo, cat (of /proc/sys or a pipe).</summary>
public sealed class TextCommand : ITextFilter
{
    private readonly Func<CommandInvocation, CommandResult> _run;

    private TextCommand(string name, CommandGrammar grammar, Func<CommandInvocation, CommandResult> run)
    {
        Names = [name];
        Grammar = grammar;
        _run = run;
    }

    public static ImmutableArray<TextCommand> All { get; } =
    [
        new("true", CommandGrammar.Empty, static _ => CommandResult.Success),
        new("false", CommandGrammar.Empty, static _ => new CommandResult(1, string.Empty, string.Empty)),
        new("echo", CommandGrammar.Parse("-n"), Echo),
        new("cat", CommandGrammar.Empty, Cat),
    ];

    public ImmutableArray<string> Names { get; }

    public CommandGrammar Grammar { get; }

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(_run(invocation));

    private static CommandResult Echo(CommandInvocation invocation)
    {
        ReadOnlySpan<string> words = invocation.Arguments.AsSpan();
        bool bare = words.Length > 0 && words[0] == "-n";
        return CommandResult.Output(string.Join(' ', (bare ? words[1..] : words).ToArray()) + (bare ? string.Empty : "\n"));
    }

    private static CommandResult Cat(CommandInvocation invocation)
    {
        if (invocation.Arguments.IsEmpty)
        {
            return CommandResult.Output(invocation.Input);
        }

        CommandOutput output = new();
        int exit = 0;
        foreach (string path in invocation.Arguments)
        {
            if (path == "-")
            {
                output.Out.Append(invocation.Input);
            }
            else if (ProcFiles.Read(invocation.Namespace, path) is { } text)
            {
                output.Out.Append(text);
            }
            else
            {
                output.ErrorLine($"cat: {path}: No such file or directory");
                exit = 1;
            }
        }

        return output.ToResult(exit);
    }
}
