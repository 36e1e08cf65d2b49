using System;
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

    private readonly SortedDictionary<int, (string Words, T Value)> _entries = [];

    /// <summary>How many entries have these words: a list of a hundred thousand is not searched for each.</summary>
    private readonly Dictionary<string, int> _uses = [];
    private int _last;

    public string Name { get; } = name;

    public string? Description { get; set; }

    /// <summary>A community list of regular expressions.</summary>
    public bool IsExpanded { get; set; }

    /// <summary>Its name is a number, which says what kind of list it is.</summary>
    public bool IsNumbered => uint.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public IReadOnlyDictionary<int, (string Words, T Value)> Entries => _entries;

    public IReadOnlyList<T> Values => [.. _entries.Values.Select(entry => entry.Value)];

    /// <summary>Adds an entry, without a number behind the last one; one that is there already stays where it is.</summary>
    public void Add(int? sequence, string words, T value)
    {
        if (sequence is null && _uses.ContainsKey(words))
        {
            return;
        }

        int place = sequence ?? ((_last / SequenceStep) + 1) * SequenceStep;
        if (_entries.TryGetValue(place, out (string Words, T Value) replaced))
        {
            Forget(replaced.Words);
        }

        _entries[place] = (words, value);
        _uses[words] = _uses.GetValueOrDefault(words) + 1;
        _last = Math.Max(_last, place);
    }

    /// <summary>Takes an entry out, by its number or by its words.</summary>
    public void Remove(int? sequence, string words)
    {
        if ((sequence ?? Find(words)) is int found && _entries.Remove(found, out (string Words, T Value) removed))
        {
            Forget(removed.Words);
            _last = found == _last ? _entries.Keys.LastOrDefault() : _last;
        }
    }

    private void Forget(string words)
    {
        int left = _uses[words] - 1;
        if (left > 0)
        {
            _uses[words] = left;
        }
        else
        {
            _uses.Remove(words);
        }
    }

    private int? Find(string words)
    {
        foreach ((int sequence, (string other, T _)) in _entries)
        {
            if (other == words)
            {
                return sequence;
            }
        }

        return null;
    }
}
