using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Commands.Shell;

/// <summary>
/// The table of words that a command knows, by context, in the order of the tool's own help. Errors, completion and tests
/// read it; what is not in it is an error of the command.
/// </summary>
public sealed class CommandGrammar
{
    private CommandGrammar(ImmutableArray<GrammarWord> words) => Words = words;

    public static CommandGrammar Empty { get; } = new([]);

    public ImmutableArray<GrammarWord> Words { get; }

    /// <summary>
    /// Reads a table of lines "context: word word=ARGUMENT ...", as a tool's synopsis puts it; a line without a colon has
    /// the command's own options.
    /// </summary>
    public static CommandGrammar Parse(string table)
    {
        ImmutableArray<GrammarWord>.Builder words = ImmutableArray.CreateBuilder<GrammarWord>();
        foreach (string line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int colon = line.IndexOf(':');
            string context = colon < 0 ? string.Empty : line[..colon].Trim();
            foreach (string word in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = word.IndexOf('=');
                words.Add(equals < 0
                    ? new GrammarWord(context, word)
                    : new GrammarWord(context, word[..equals], word[(equals + 1)..]));
            }
        }

        return new CommandGrammar(words.ToImmutable());
    }

    /// <summary>The words of a context.</summary>
    public IEnumerable<string> In(string context) => Words.Where(w => w.Context == context).Select(w => w.Word);

    public GrammarWord? Find(string context, string word) => Words.FirstOrDefault(w => w.Context == context && w.Word == word);

    /// <summary>The words that may complete what has been typed in a context.</summary>
    public IEnumerable<string> Complete(string context, string typed) =>
        In(context).Where(w => w.StartsWith(typed, StringComparison.Ordinal));

    /// <summary>
    /// The word that <paramref name="typed"/> abbreviates: itself, or the first in the table's order that starts with it, as
    /// iproute2's matches() takes it. Null for none.
    /// </summary>
    public string? Expand(string context, string typed)
    {
        string? first = null;
        foreach (string word in In(context))
        {
            if (word == typed)
            {
                return word;
            }

            first ??= typed.Length > 0 && word.StartsWith(typed, StringComparison.Ordinal) ? word : null;
        }

        return first;
    }

    /// <summary>A line that names the nearest word of the context, with the line break before it; empty if none is near.</summary>
    public string Hint(string context, string typed) => Spelling.Hint(typed, In(context));
}
