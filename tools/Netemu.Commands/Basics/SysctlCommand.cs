using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using Netemu.Commands.Shell;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Basics;

/// <summary>sysctl of procps: reads and writes the keys of <see cref="SysctlTable"/>.</summary>
public sealed class SysctlCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["sysctl"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(
        "-a --all -A -X -e --ignore -N --names -n --values -q --quiet -w --write -b --binary -r=EXPRESSION --pattern=EXPRESSION");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        bool all = false;
        bool ignore = false;
        bool namesOnly = false;
        bool valuesOnly = false;
        bool quiet = false;
        bool write = false;
        string? pattern = null;
        List<string> keys = [];
        string[] words = [.. invocation.Arguments.SelectMany(Split)];
        for (int i = 0; i < words.Length; i++)
        {
            string argument = words[i];
            switch (argument)
            {
                case "-r" or "--pattern":
                    if (++i == words.Length)
                    {
                        return CommandResult.Failure(1, $"sysctl: option requires an argument -- '{argument.TrimStart('-')}'");
                    }

                    pattern = words[i];
                    break;
                case var given when given.StartsWith("--pattern=", StringComparison.Ordinal):
                    pattern = given["--pattern=".Length..];
                    break;
                case "-a" or "--all" or "-A" or "-X":
                    all = true;
                    break;
                case "-e" or "--ignore":
                    ignore = true;
                    break;
                case "-N" or "--names":
                    namesOnly = true;
                    break;
                case "-n" or "--values" or "-b" or "--binary":
                    valuesOnly = true;
                    break;
                case "-q" or "--quiet":
                    quiet = true;
                    break;
                case "-w" or "--write":
                    write = true;
                    break;
                default:
                    if (argument.StartsWith('-'))
                    {
                        return CommandResult.Failure(1, $"sysctl: invalid option -- '{argument.TrimStart('-')}'{Grammar.Hint(string.Empty, argument)}");
                    }

                    keys.Add(argument);
                    break;
            }
        }

        NetworkNamespace space = invocation.Namespace;
        CommandOutput output = new();
        if (all)
        {
            keys = [.. SysctlTable.Keys(space).Select(SysctlTable.KeyOf)];
        }
        else if (keys.Count == 0)
        {
            return CommandResult.Failure(1, write ? "sysctl: no variables specified" : "\nUsage:\n sysctl [options] [variable[=value] ...]");
        }

        Regex? filter = null;
        try
        {
            filter = pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return CommandResult.Failure(1, $"sysctl: {pattern}: Invalid preceding regular expression");
        }

        int exit = 0;
        foreach (string key in keys)
        {
            if (filter is not null && !filter.IsMatch(Dotted(key.Split('=')[0])))
            {
                continue;
            }

            exit |= key.Contains('=', StringComparison.Ordinal) || write
                ? Write(space, key, quiet, namesOnly, valuesOnly, ignore, output)
                : Read(space, key, namesOnly, valuesOnly, ignore, output);
        }

        return output.ToResult(exit);
    }

    private static int Read(NetworkNamespace space, string key, bool namesOnly, bool valuesOnly, bool ignore, CommandOutput output)
    {
        if (SysctlTable.TryRead(space, key, out string value) != SysctlError.None)
        {
            return Missing(key, ignore, output);
        }

        Show(key, value, namesOnly, valuesOnly, output);
        return 0;
    }

    private static int Write(
        NetworkNamespace space, string setting, bool quiet, bool namesOnly, bool valuesOnly, bool ignore, CommandOutput output)
    {
        int equals = setting.IndexOf('=');
        if (equals <= 0)
        {
            output.ErrorLine($"sysctl: {(equals < 0 ? "command line(0): invalid syntax, continuing..." : $"malformed setting \"{setting}\"")}");
            return 1;
        }

        string key = setting[..equals].Trim();
        string value = setting[(equals + 1)..].Trim();
        switch (SysctlTable.TryWrite(space, key, value))
        {
            case SysctlError.NotFound:
                return Missing(key, ignore, output);
            case SysctlError.Invalid:
                output.ErrorLine($"sysctl: setting key \"{Dotted(key)}\": Invalid argument");
                return 1;
            case SysctlError.NotSupported:
                output.ErrorLine($"sysctl: setting key \"{Dotted(key)}\": Operation not supported");
                return 1;
            default:
                if (!quiet)
                {
                    Show(key, value, namesOnly, valuesOnly, output);
                }

                return 0;
        }
    }

    private static int Missing(string key, bool ignore, CommandOutput output)
    {
        if (ignore)
        {
            return 0;
        }

        string near = NearestWord.Find(
            SysctlTable.PathOf(key), SysctlTable.Entries.Where(e => !e.IsPerDevice).Select(e => e.Path)) is { } path
            ? $"\nhint: did you mean \"{SysctlTable.KeyOf(path)}\"?"
            : string.Empty;
        output.ErrorLine($"sysctl: cannot stat /proc/sys/{SysctlTable.PathOf(key)}: No such file or directory{near}");
        return 1;
    }

    private static void Show(string key, string value, bool namesOnly, bool valuesOnly, CommandOutput output) =>
        output.Line(namesOnly ? Dotted(key) : valuesOnly ? value : $"{Dotted(key)} = {value}");

    private static string Dotted(string key) => SysctlTable.KeyOf(SysctlTable.PathOf(key));

    /// <summary>-nw is -n -w.</summary>
    private static IEnumerable<string> Split(string argument) =>
        argument.Length > 2 && argument[0] == '-' && argument[1] != '-' && !argument.Contains('=', StringComparison.Ordinal)
            ? argument[1..].Select(c => $"-{c}")
            : [argument];
}
