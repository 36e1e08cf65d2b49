using System.Collections.Generic;

namespace Netemu.Calico.Yaml;

/// <summary>
/// RFC 7396: a merge patch over a document. A mapping merges key by key, null removes, and anything else (lists too)
/// replaces. The result keeps the places of what it took, so that findings point into either file.
/// </summary>
public static class YamlMerge
{
    public static YamlMapping Apply(YamlMapping target, YamlMapping patch)
    {
        List<YamlEntry> entries = [];
        foreach (YamlEntry entry in target.Entries)
        {
            if (!patch.TryGetEntry(entry.Name, out YamlEntry change))
            {
                entries.Add(entry);
            }
            else if (!IsNull(change.Value))
            {
                entries.Add(new YamlEntry(entry.Key, Merge(entry.Value, change.Value)));
            }
        }

        foreach (YamlEntry added in patch.Entries)
        {
            if (!target.TryGet(added.Name, out _) && !IsNull(added.Value))
            {
                entries.Add(new YamlEntry(added.Key, Merge(null, added.Value)));
            }
        }

        return new YamlMapping(entries, target.Range);
    }

    private static YamlNode Merge(YamlNode? old, YamlNode change) => change is not YamlMapping patch
        ? change
        : Apply(old as YamlMapping ?? new YamlMapping([], change.Range), patch);

    private static bool IsNull(YamlNode node) => node is YamlScalar { IsNull: true };
}
