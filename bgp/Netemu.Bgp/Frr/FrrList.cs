using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A list by its name: what it permits and denies by sequence number, each with its words. An entry's words are what makes
/// it the same as another one.
/// </summary>
internal sealed class FrrList<T>(string name)
{
    private const int SequenceStep = 5;

    public string Name { get; } = name;

    public string? Description { get; set; }

    /// <summary>A community list of regular expressions.</summary>
    public bool IsExpanded { get; set; }

    /// <summary>Its name is a number, which says what kind of list it is.</summary>
    public bool IsNumbered => uint.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public SortedDictionary<int, (string Words, T Value)> Entries { get; } = [];

    public IReadOnlyList<T> Values => [.. Entries.Values.Select(entry => entry.Value)];

    /// <summary>Adds an entry, without a number behind the last one; one that is there already stays where it is.</summary>
    public void Add(int? sequence, string words, T value)
    {
        if (sequence is not null || Find(words) is null)
        {
            Entries[sequence ?? (((Entries.Count == 0 ? 0 : Entries.Keys.Last()) / SequenceStep) + 1) * SequenceStep] = (words, value);
        }
    }

    /// <summary>Takes an entry out, by its number or by its words.</summary>
    public void Remove(int? sequence, string words)
    {
        if ((sequence ?? Find(words)) is int found)
        {
            Entries.Remove(found);
        }
    }

    private int? Find(string words)
    {
        foreach ((int sequence, (string other, T _)) in Entries)
        {
            if (other == words)
            {
                return sequence;
            }
        }

        return null;
    }
}
