using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Commands.Shell;

/// <summary>
/// Reads a command line as getopt_long does, by the command's own table of words: short options alone, together or with
/// their value attached, long ones with = or a word of their own, operands anywhere.
/// </summary>
public sealed class OptionReader
{
    private readonly List<KeyValuePair<string, string>> _options = [];
    private readonly List<string> _operands = [];

    private OptionReader()
    {
    }

    /// <summary>The options as written in the table, with their values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options => _options;

    public IReadOnlyList<string> Operands => _operands;

    /// <summary>The option that is not known, with its dashes; null if all are.</summary>
    public string? Unknown { get; private set; }

    /// <summary>The option whose value is missing, or null.</summary>
    public string? WithoutValue { get; private set; }

    /// <summary>Another spelling for each long option is the short one that follows it in <paramref name="aliases"/>.</summary>
    public static OptionReader Read(ImmutableArray<string> words, CommandGrammar grammar, IReadOnlyDictionary<string, string>? aliases = null)
    {
        OptionReader reader = new();
        for (int i = 0; i < words.Length && reader.Unknown is null && reader.WithoutValue is null; i++)
        {
            string word = words[i];
            if (word == "--")
            {
                reader._operands.AddRange(words.Skip(i + 1));
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                reader._operands.Add(word);
            }
            else if (word.StartsWith("--", StringComparison.Ordinal) || grammar.Find(string.Empty, word) is { Word.Length: > 2 })
            {
                reader.ReadLong(word, words, ref i, grammar, aliases);
            }
            else
            {
                reader.ReadShort(word, words, ref i, grammar);
            }
        }

        return reader;
    }

    /// <summary>True if the option was given.</summary>
    public bool Has(string option) => _options.Exists(o => o.Key == option);

    /// <summary>The last value of an option, or null.</summary>
    public string? Value(string option) => _options.LastOrDefault(o => o.Key == option).Value;

    /// <summary>What the shell would show for a wrong option, in getopt's words; null if there is none.</summary>
    public string? Complaint(string command, CommandGrammar grammar)
    {
        if (WithoutValue is { } bare)
        {
            return $"{command}: option requires an argument -- '{bare.TrimStart('-')}'";
        }

        if (Unknown is not { } unknown)
        {
            return null;
        }

        string text = unknown.StartsWith("--", StringComparison.Ordinal)
            ? $"{command}: unrecognized option '{unknown}'"
            : $"{command}: invalid option -- '{unknown.TrimStart('-')}'";
        return text + grammar.Hint(string.Empty, unknown);
    }

    private void ReadLong(
        string word, ImmutableArray<string> words, ref int index, CommandGrammar grammar, IReadOnlyDictionary<string, string>? aliases)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        name = aliases?.GetValueOrDefault(name) ?? name;
        if (grammar.Find(string.Empty, name) is not { } known)
        {
            Unknown = word;
            return;
        }

        if (!known.TakesArgument)
        {
            _options.Add(new(known.Word, string.Empty));
        }
        else if (equals >= 0)
        {
            _options.Add(new(known.Word, word[(equals + 1)..]));
        }
        else if (index + 1 < words.Length)
        {
            _options.Add(new(known.Word, words[++index]));
        }
        else
        {
            WithoutValue = word;
        }
    }

    private void ReadShort(string word, ImmutableArray<string> words, ref int index, CommandGrammar grammar)
    {
        for (int j = 1; j < word.Length; j++)
        {
            if (grammar.Find(string.Empty, $"-{word[j]}") is not { } known)
            {
                Unknown = $"-{word[j]}";
                return;
            }

            if (!known.TakesArgument)
            {
                _options.Add(new(known.Word, string.Empty));
                continue;
            }

            if (j + 1 < word.Length)
            {
                _options.Add(new(known.Word, word[(j + 1)..]));
            }
            else if (index + 1 < words.Length)
            {
                _options.Add(new(known.Word, words[++index]));
            }
            else
            {
                WithoutValue = known.Word;
            }

            return;
        }
    }
}
