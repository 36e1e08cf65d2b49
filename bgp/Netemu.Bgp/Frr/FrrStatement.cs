using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>
/// One kind of line, by the words that it begins with: behind "no", and behind "neighbor NAME", "match" or "set" where it
/// stands there. A table of statements says of each line once how it is read and how it is written back, and has them in
/// the order in which the daemons write them.
/// </summary>
internal abstract class FrrStatement(string words)
{
    public string Words { get; } = words;

    public ImmutableArray<string> Parts { get; } = [.. words.Split(' ')];

    /// <summary>The lines in the order of a table, each where the statement stands that it says most words of; of equals, as they come.</summary>
    public static IEnumerable<string> Sort<T>(IEnumerable<string> lines, ImmutableArray<T> table)
        where T : FrrStatement => lines.OrderBy(line => Place(line, table));

    /// <summary>Whether a line, with or without "no", begins with these words.</summary>
    protected static bool Says(string line, string words)
    {
        ReadOnlySpan<char> text = line.StartsWith("no ", StringComparison.Ordinal) ? line.AsSpan(3) : line;
        return text.StartsWith(words, StringComparison.OrdinalIgnoreCase) && (text.Length == words.Length || text[words.Length] == ' ');
    }

    private static int Place<T>(string line, ImmutableArray<T> table)
        where T : FrrStatement
    {
        (int place, int length) = (table.Length, 0);
        for (int i = 0; i < table.Length; i++)
        {
            if (Says(line, table[i].Words) && table[i].Words.Length > length)
            {
                (place, length) = (i, table[i].Words.Length);
            }
        }

        return place;
    }
}
