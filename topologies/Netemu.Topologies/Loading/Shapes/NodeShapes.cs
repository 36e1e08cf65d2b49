using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of nodes and namespaces.</summary>
internal static class NodeShapes
{
    public static readonly ImmutableArray<(string Word, NodeKind Kind)> KindWords =
    [
        ("host", NodeKind.Host),
        ("linux", NodeKind.Host),
        ("router", NodeKind.Router),
        ("bridge", NodeKind.Bridge),
        ("hub", NodeKind.Hub),
        ("outside", NodeKind.Outside),
    ];

    public static Value<NodeKind> KindWord { get; } = Values.Word("a kind of node", KindWords);

    /// <summary>Command lines, with their places.</summary>
    public static Value<IReadOnlyList<CommandSpec>> Commands { get; } = Values.List(new CustomValue<CommandSpec>(
        static (YamlNode node, Binder binder, out CommandSpec command) =>
        {
            bool ok = Values.Text.TryBind(node, binder, out string line);
            command = new CommandSpec(line, node.Range);
            return ok;
        },
        Values.Text.Describe));

    public static ObjectShape<NamespaceSpec> Namespace { get; } = new("namespace", "a namespace", static () => new())
    {
        MayBeEmpty = true,
        Fields =
        {
            { "sysctls", SysctlShape.Sysctls, (s, v) => s.Sysctls = SysctlShape.Merge(s.Sysctls, v), "Set before the devices come up." },
            { "interfaces", Named(InterfaceShapes.Interface), BindInterfaces, "The devices, by name." },
            { "routes", Values.List(RouteShapes.Route), (s, v) => s.Routes = v, "Static routes." },
            { "rules", Values.List(RouteShapes.Rule), (s, v) => s.Rules = v, "Policy rules." },
            { "neighbours", Values.List(RouteShapes.Neighbour), (s, v) => s.Neighbours = v, "Permanent neighbours." },
            { "fdb", Values.List(RouteShapes.Fdb), (s, v) => s.Fdb = v, "Forwarding entries." },
            { "nameservers", Values.List(Values.Address), (s, v) => s.NameServers = v, "Who resolves names (/etc/resolv.conf)." },
            { "processes", Values.List(ProcessShapes.Process), (s, v) => s.Processes = v, "Programs that run inside." },
        },
    };

    public static ObjectShape<NodeSpec> Node { get; } = new("node", "a node", static () => new())
    {
        MayBeEmpty = true,
        Fields =
        {
            { "kind", KindWord, (s, v) => s.Kind = v, "host (linux), router, bridge, hub or outside." },
            { "group", Values.Name, (s, v) => s.Group = v, "The group whose defaults apply." },
            { "labels", Values.TextMap("labels"), (s, v) => s.Labels = Merge(s.Labels, v), "Labels." },
            { Namespace, s => s.Root },
            { "namespaces", Named(Namespace), BindNamespaces, "Further network namespaces, by name." },
            { "exec", Commands, (s, v) => s.Exec = v, "Commands at t=0 in the root namespace." },
            { "bgp", BgpShapes.Bgp, (s, v) => s.Bgp = v, "A BGP speaker." },
            { InterfaceShapes.Bridge, s => s.Bridge },
        },
    };

    /// <summary>The description of a mapping from names, or ranges of names, to objects.</summary>
    public static ValueShape Named<T>(ObjectShape<T> shape)
        where T : class =>
        new CustomValue<bool>(
            static (YamlNode _, Binder _, out bool value) => value = true,
            definitions => new JsonObject { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = shape.Describe(definitions) });

    /// <summary>Binds each entry of a mapping of names, ranges expanded.</summary>
    public static void ForEachName(Binder binder, YamlEntry entry, string what, Action<string, YamlEntry> bind)
    {
        if (entry.Value is YamlScalar { IsNull: true })
        {
            return;
        }

        if (entry.Value is not YamlMapping mapping)
        {
            binder.Error(
                LoaderCode.WrongType, $"'{entry.Name}' must be a mapping from names to {what}, not {entry.Value.KindName}", entry.Value.Range);
            return;
        }

        foreach (YamlEntry named in mapping.Entries)
        {
            if (binder.IsFull)
            {
                return;
            }

            binder.Expand(named.Key, name => bind(name, named));
        }
    }

    private static void BindInterfaces(Binder binder, NamespaceSpec space, YamlEntry entry)
    {
        List<InterfaceSpec> interfaces = [.. space.Interfaces];
        Dictionary<string, InterfaceSpec> byName = new(StringComparer.Ordinal);
        foreach (InterfaceSpec existing in interfaces)
        {
            byName[existing.Name] = existing;
        }

        ForEachName(binder, entry, "interfaces", (name, named) =>
        {
            if (NameRules.DeviceFault(name) is { } fault)
            {
                binder.Error(LoaderCode.BadName, $"'{name}' cannot name a device", named.Key.Range, fault);
                return;
            }

            if (!byName.TryGetValue(name, out InterfaceSpec? device))
            {
                device = new InterfaceSpec { Name = name };
                byName.Add(name, device);
                interfaces.Add(device);
            }
            else if (Twice(device.Sources, entry.Value))
            {
                binder.Error(LoaderCode.NameTwice, $"interface '{name}' stands twice", named.Key.Range);
                return;
            }

            InterfaceShapes.Interface.BindInto(device, named.Value, binder, complete: true);
            device.Range = named.Key.Range;
        });
        space.Interfaces = interfaces;
    }

    /// <summary>Whether a device was bound from this very mapping of names already, by another range.</summary>
    private static bool Twice(List<YamlMapping> sources, YamlNode names)
    {
        foreach (YamlMapping source in sources)
        {
            foreach (YamlEntry entry in ((YamlMapping)names).Entries)
            {
                if (ReferenceEquals(entry.Value, source))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void BindNamespaces(Binder binder, NodeSpec node, YamlEntry entry)
    {
        List<NamespaceSpec> spaces = [.. node.Namespaces];
        NamespaceSpec? outer = binder.CurrentNamespace;
        HashSet<string> bound = new(StringComparer.Ordinal);
        Dictionary<string, NamespaceSpec> byName = new(StringComparer.Ordinal);
        foreach (NamespaceSpec existing in spaces)
        {
            byName[existing.Name!] = existing;
        }

        ForEachName(binder, entry, "namespaces", (name, named) =>
        {
            if (!NameRules.IsName(name))
            {
                binder.Error(
                    LoaderCode.BadName, $"'{name}' cannot name a namespace", named.Key.Range, "a name has letters, digits, '-', '_' and '.'");
                return;
            }

            if (!bound.Add(name))
            {
                binder.Error(LoaderCode.NameTwice, $"namespace '{name}' stands twice", named.Key.Range);
                return;
            }

            if (!byName.TryGetValue(name, out NamespaceSpec? space))
            {
                space = new NamespaceSpec { Name = name };
                byName.Add(name, space);
                spaces.Add(space);
            }

            binder.CurrentNamespace = space;
            Namespace.BindInto(space, named.Value, binder, complete: true);
            space.Range = named.Key.Range;
        });
        binder.CurrentNamespace = outer;
        node.Namespaces = spaces;
    }

    /// <summary>Later layers win, key by key; the order is that of first appearance.</summary>
    private static List<KeyValuePair<string, string>> Merge(
        IReadOnlyList<KeyValuePair<string, string>> first, IReadOnlyList<KeyValuePair<string, string>> then)
    {
        List<KeyValuePair<string, string>> merged = [.. first];
        foreach (KeyValuePair<string, string> pair in then)
        {
            int at = merged.FindIndex(p => p.Key == pair.Key);
            if (at < 0)
            {
                merged.Add(pair);
            }
            else
            {
                merged[at] = pair;
            }
        }

        return merged;
    }
}
