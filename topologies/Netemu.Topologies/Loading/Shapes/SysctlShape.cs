using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>`sysctls`: names with values. Whether there is such a name, and its value one of it, is known when the namespace is built.</summary>
internal static class SysctlShape
{
    public static Value<IReadOnlyList<SysctlSpec>> Sysctls { get; } = new CustomValue<IReadOnlyList<SysctlSpec>>(
        Bind,
        definitions => new JsonObject { ["type"] = "object", ["additionalProperties"] = Values.Text.Describe(definitions) });

    /// <summary>Later layers win, name by name; the order is that of first appearance.</summary>
    public static IReadOnlyList<SysctlSpec> Merge(IReadOnlyList<SysctlSpec> first, IReadOnlyList<SysctlSpec> then) =>
        [.. first.Select(s => then.LastOrDefault(t => t.Name == s.Name) ?? s), .. then.Where(t => first.All(s => s.Name != t.Name))];

    private static bool Bind(YamlNode node, Binder binder, out IReadOnlyList<SysctlSpec> sysctls)
    {
        sysctls = [];
        if (node is not YamlMapping mapping)
        {
            binder.Error(LoaderCode.WrongType, $"a mapping of sysctls is needed, not {node.KindName}", node.Range);
            return false;
        }

        List<SysctlSpec> bound = [];
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (Values.Text.TryBind(entry.Value, binder, out string value))
            {
                bound.Add(new SysctlSpec
                {
                    Name = binder.Text(entry.Key),
                    Value = value,
                    Range = entry.Key.Range,
                    ValueRange = entry.Value.Range,
                });
            }
        }

        sysctls = bound;
        return true;
    }
}
