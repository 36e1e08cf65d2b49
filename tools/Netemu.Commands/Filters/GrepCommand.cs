using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Filters;

/// <summary>grep on a pipe: -c -E -F -i -n -o -q -v -w and a pattern, basic unless -E.</summary>
public sealed class GrepCommand : ITextFilter
{
    public ImmutableArray<string> Names { get; } = ["grep", "egrep", "fgrep"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse("-c -E -F -i -n -o -q -v -w -e=PATTERN");

    public CommandJob Start(CommandInvocation invocation) => CommandJob.Completed(Run(invocation));

    private CommandResult Run(CommandInvocation invocation)
    {
        HashSet<char> flags = invocation.Name switch { "egrep" => ['E'], "fgrep" => ['F'], _ => [] };
        List<string> patterns = [];
        for (int i = 0; i < invocation.Arguments.Length; i++)
        {
            string argument = invocation.Arguments[i];
            if (argument == "-e" && i + 1 < invocation.Arguments.Length)
            {
                patterns.Add(invocation.Arguments[++i]);
            }
            else if (argument is "--" && i + 1 < invocation.Arguments.Length)
            {
                patterns.Add(invocation.Arguments[++i]);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                foreach (char c in argument.AsSpan(1))
                {
                    if (Grammar.Find(string.Empty, $"-{c}") is null)
                    {
                        return CommandResult.Failure(2, $"grep: invalid option -- '{c}'");
                    }

                    flags.Add(c);
                }
            }
            else if (patterns.Count == 0)
            {
                patterns.Add(argument);
            }
            else
            {
                return CommandResult.Failure(2, $"grep: {argument}: No such file or directory");
            }
        }

        if (patterns.Count == 0)
        {
            return CommandResult.Failure(2, "Usage: grep [OPTION]... PATTERNS [FILE]...");
        }

        return Build(patterns, flags) is { } regex
            ? Filter(invocation.Input, regex, flags)
            : CommandResult.Failure(2, $"grep: Invalid regular expression: {patterns[0]}");
    }

    private static CommandResult Filter(string input, Regex regex, HashSet<char> flags)
    {
        CommandOutput output = new();
        int count = 0;
        int number = 0;
        foreach (string line in TextLines.Split(input))
        {
            number++;
            if (regex.IsMatch(line) == flags.Contains('v'))
            {
                continue;
            }

            count++;
            if (flags.Contains('q') || flags.Contains('c'))
            {
                continue;
            }

            string prefix = flags.Contains('n') ? $"{number}:" : string.Empty;
            if (flags.Contains('o') && !flags.Contains('v'))
            {
                foreach (Match match in regex.Matches(line).Where(m => m.Length > 0))
                {
                    output.Line(prefix + match.Value);
                }

                continue;
            }

            output.Line(prefix + line);
        }

        if (flags.Contains('c') && !flags.Contains('q'))
        {
            output.Line(count.ToString());
        }

        return output.ToResult(count > 0 ? 0 : 1);
    }

    private static Regex? Build(List<string> patterns, HashSet<char> flags)
    {
        IEnumerable<string> parts = patterns.Select(p => flags.Contains('F') ? Regex.Escape(p) : flags.Contains('E') ? p : FromBasic(p));
        string pattern = string.Join('|', parts.Select(p => $"(?:{p})"));
        pattern = flags.Contains('w') ? $@"\b(?:{pattern})\b" : pattern;
        try
        {
            // Without backtracking no pattern takes more than linear time.
            return new Regex(
                pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (flags.Contains('i') ? RegexOptions.IgnoreCase : 0));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A basic regular expression in the extended form: there, what has a backslash is special, and the other way round.</summary>
    private static string FromBasic(string pattern)
    {
        StringBuilder extended = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                c = pattern[++i];
                extended.Append(c is '(' or ')' or '{' or '}' or '|' or '+' or '?' ? c.ToString() : $@"\{c}");
            }
            else
            {
                extended.Append(c is '(' or ')' or '{' or '}' or '|' or '+' or '?' ? $@"\{c}" : c.ToString());
            }
        }

        return extended.ToString();
    }
}
