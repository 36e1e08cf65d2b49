using System;
using System.Collections.Generic;

namespace Netemu.Calico.Yaml;

/// <summary>Height and expanded size of collections, saturating: what the bound on aliases is checked against.</summary>
internal static class YamlMeasure
{
    public static int HeightOver(IReadOnlyList<YamlNode> items)
    {
        int height = 0;
        for (int i = 0; i < items.Count; i++)
        {
            height = Math.Max(height, items[i].Height);
        }

        return height + 1;
    }

    public static int HeightOver(IReadOnlyList<YamlEntry> entries)
    {
        int height = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            height = Math.Max(height, entries[i].Value.Height);
        }

        return height + 1;
    }

    public static int SizeOver(IReadOnlyList<YamlNode> items)
    {
        long size = 1;
        for (int i = 0; i < items.Count; i++)
        {
            size += items[i].ExpandedSize;
        }

        return (int)Math.Min(size, int.MaxValue);
    }

    public static int SizeOver(IReadOnlyList<YamlEntry> entries)
    {
        long size = 1;
        for (int i = 0; i < entries.Count; i++)
        {
            size += 1L + entries[i].Value.ExpandedSize;
        }

        return (int)Math.Min(size, int.MaxValue);
    }
}
