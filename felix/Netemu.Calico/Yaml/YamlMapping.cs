using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>
/// A mapping with string keys in the order of the file, merge keys already applied. No key stands twice.
/// </summary>
public sealed class YamlMapping : YamlNode
{
    private const int IndexFrom = 12;

    private readonly Dictionary<string, int>? _index;

    public YamlMapping(IReadOnlyList<YamlEntry> entries, SourceRange range)
        : base(range, YamlMeasure.HeightOver(entries), YamlMeasure.SizeOver(entries))
    {
        Entries = entries;
        if (entries.Count < IndexFrom)
        {
            return;
        }

        _index = new Dictionary<string, int>(entries.Count, StringComparer.Ordinal);
        for (int i = 0; i < entries.Count; i++)
        {
            _index.TryAdd(entries[i].Name, i);
        }
    }

    public IReadOnlyList<YamlEntry> Entries { get; }

    public override string KindName => "a mapping";

    /// <summary>The value of a key, or null where the key is missing.</summary>
    public YamlNode? this[string key] => TryGetEntry(key, out YamlEntry entry) ? entry.Value : null;

    public bool TryGet(string key, [NotNullWhen(true)] out YamlNode? value)
    {
        bool found = TryGetEntry(key, out YamlEntry entry);
        value = entry.Value;
        return found;
    }

    public bool TryGetEntry(string key, out YamlEntry entry)
    {
        int at = IndexOf(key);
        entry = at < 0 ? default : Entries[at];
        return at >= 0;
    }

    /// <summary>The text of a key's scalar; null where the key is missing, null or no scalar.</summary>
    public string? TextOf(string key) => this[key] is YamlScalar { IsNull: false } scalar ? scalar.Value : null;

    private int IndexOf(string key)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(key, out int at) ? at : -1;
        }

        for (int i = 0; i < Entries.Count; i++)
        {
            if (string.Equals(Entries[i].Name, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
