using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Calico.Yaml;

namespace Netemu.Cli.ClusterCommands;

/// <summary>
/// The part of kubectl's jsonpath that scripts use: text, {.a.b}, {.a[0]}, {.a[*].b}, {"\n"}. A path that finds nothing prints
/// nothing; several values have a blank between them.
/// </summary>
internal static class JsonPath
{
    /// <summary>What a template prints of a document; a fault where it is none.</summary>
    public static string? Apply(string template, YamlNode root, out string? fault)
    {
        StringBuilder text = new();
        fault = null;
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
            {
                text.Append(template[i]);
                continue;
            }

            int end = template.IndexOf('}', i);
            string inner = end < 0 ? string.Empty : template[(i + 1)..end].Trim();
            if (inner is ['"', .., '"'] or ['\'', .., '\''])
            {
                text.Append(inner[1..^1].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal));
            }
            else if (end < 0 || Find(inner.TrimStart('$', '@'), root) is not { } found)
            {
                fault = $"error parsing jsonpath {template}: only text, {{.a.b}}, {{.a[0]}} and {{.a[*].b}} are known";
                return null;
            }
            else
            {
                text.AppendJoin(' ', found.Select(n => n is YamlScalar scalar ? scalar.Value : YamlPrinter.ToJson(n).TrimEnd()));
            }

            i = end;
        }

        return text.ToString();
    }

    private static List<YamlNode>? Find(string path, YamlNode root)
    {
        List<YamlNode> here = [root];
        int i = 0;
        while (i < path.Length)
        {
            if (path[i] == '.')
            {
                int end = i + 1;
                StringBuilder name = new();
                while (end < path.Length && path[end] is not ('.' or '['))
                {
                    // A dot in a label's name is written with a backslash.
                    end += path[end] == '\\' && end + 1 < path.Length ? 1 : 0;
                    name.Append(path[end++]);
                }

                string key = name.ToString();
                here = key.Length == 0 ? here : [.. here.OfType<YamlMapping>().Select(m => m[key]).OfType<YamlNode>()];
                i = end;
            }
            else if (path[i] == '[' && path.IndexOf(']', i) is var close and > 0)
            {
                string index = path[(i + 1)..close];
                if (index != "*" && !int.TryParse(index, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                {
                    return null;
                }

                here = [.. here.OfType<YamlSequence>().SelectMany(s => Items(s, index))];
                i = close + 1;
            }
            else
            {
                return null;
            }
        }

        return here;
    }

    private static IEnumerable<YamlNode> Items(YamlSequence list, string index)
    {
        if (index == "*")
        {
            return list.Items;
        }

        int place = int.Parse(index, CultureInfo.InvariantCulture);
        place += place < 0 ? list.Items.Count : 0;
        return place >= 0 && place < list.Items.Count ? [list.Items[place]] : [];
    }
}
