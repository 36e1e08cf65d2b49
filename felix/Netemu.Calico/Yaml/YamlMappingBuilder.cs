using System;
using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>
/// Collects the entries of one mapping: refuses keys that stand twice or are no scalars, and applies merge keys
/// (yaml.org/type/merge: what the mapping says itself wins, then the earlier merged mapping).
/// </summary>
internal sealed class YamlMappingBuilder(YamlTreeBuilder owner)
{
    private const string MergeKey = "<<";

    private readonly List<YamlEntry> _entries = [];
    private readonly List<YamlEntry> _merges = [];
    private Dictionary<string, YamlScalar>? _keys;

    public void Add(YamlNode key, YamlNode value)
    {
        if (key is not YamlScalar scalar)
        {
            owner.Error(
                YamlCode.Key,
                $"a key must be a scalar, not {key.KindName}",
                key.Range,
                "'{{ ... }}' of a template must be rendered first, or quoted");
            return;
        }

        if (scalar is { IsPlain: true, Value: MergeKey })
        {
            _merges.Add(new YamlEntry(scalar, value));
            return;
        }

        if (Remember(scalar) is { } first)
        {
            owner.Error(
                YamlCode.DuplicateKey,
                $"key '{scalar.Value}' stands twice in this mapping",
                scalar.Range,
                $"the first one is at {first.Range}");
            return;
        }

        _entries.Add(new YamlEntry(scalar, value));
    }

    public YamlMapping Build(SourceRange range)
    {
        foreach (YamlEntry merge in _merges)
        {
            Merge(merge);
        }

        return new YamlMapping(_entries, range);
    }

    private void Merge(YamlEntry merge)
    {
        if (merge.Value is YamlMapping mapping)
        {
            Merge(mapping, merge.Key.Range);
            return;
        }

        if (merge.Value is not YamlSequence sequence)
        {
            owner.Error(YamlCode.Merge, $"'<<' needs a mapping or a list of mappings, not {merge.Value.KindName}", merge.Key.Range);
            return;
        }

        foreach (YamlNode item in sequence.Items)
        {
            if (item is YamlMapping source)
            {
                Merge(source, merge.Key.Range);
            }
            else
            {
                owner.Error(YamlCode.Merge, $"'<<' needs mappings, not {item.KindName}", item.Range);
            }
        }
    }

    private void Merge(YamlMapping source, SourceRange range)
    {
        if (!owner.CountExpansion(source.ExpandedSize, range))
        {
            return;
        }

        foreach (YamlEntry entry in source.Entries)
        {
            if (Remember(entry.Key) is null)
            {
                _entries.Add(entry);
            }
        }
    }

    /// <summary>The key that has the same name already, or null after remembering this one.</summary>
    private YamlScalar? Remember(YamlScalar key)
    {
        _keys ??= new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        return _keys.TryAdd(key.Value, key) ? null : _keys[key.Value];
    }
}
