using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Time;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Shapes;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Turns a topology document into its specification: defaults, kinds, groups and nodes in layers, then links and the
/// cluster. What names what is checked afterwards.
/// </summary>
internal sealed class TopologyBinder(Binder binder)
{
    private const int DefaultMtu = 1500;

    private readonly TopologyDraft _draft = new();
    private readonly LinkSpec _linkDefaults = new() { Delay = Duration.FromMicroseconds(50), Mtu = DefaultMtu };
    private readonly Dictionary<string, YamlEntry> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeKind, YamlEntry> _kinds = [];
    private readonly HashSet<string> _usedGroups = new(StringComparer.Ordinal);

    /// <summary>Binds a whole document, or none where manifests are all there is; further steps come after its own.</summary>
    public TopologySpec Bind(YamlMapping? document, IReadOnlyList<YamlMapping> checks)
    {
        if (document is not null)
        {
            TopologyShape.Topology.BindInto(_draft, document, binder, complete: true);
            _draft.Topology.Range = document.Range;
        }

        foreach (YamlMapping further in checks)
        {
            TopologyShape.Checks.BindInto(_draft.Topology, further, binder, complete: true);
        }

        CollectLayers();
        BindNodes();
        BindLinks();
        BindCluster();
        BindUnusedLayers();
        NumberSteps();
        return _draft.Topology;
    }

    private void CollectLayers()
    {
        if (_draft.Kinds is { } kinds)
        {
            NodeShapes.ForEachName(binder, kinds, "defaults", (name, entry) =>
            {
                foreach ((string word, NodeKind kind) in NodeShapes.KindWords)
                {
                    if (word == name)
                    {
                        _kinds[kind] = entry;
                        return;
                    }
                }

                binder.Error(
                    LoaderCode.UnknownGroup,
                    $"unknown kind of node '{name}'",
                    entry.Key.Range,
                    Spelling.Hint(name, NodeShapes.KindWords.Select(w => w.Word)));
            });
        }

        if (_draft.Groups is { } groups)
        {
            NodeShapes.ForEachName(binder, groups, "defaults", (name, entry) => _groups[name] = entry);
        }
    }

    private void BindNodes()
    {
        if (_draft.Nodes is not { } entry)
        {
            return;
        }

        List<NodeSpec> nodes = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        NodeShapes.ForEachName(binder, entry, "nodes", (name, named) =>
        {
            if (NameRules.NodeFault(name) is { } fault)
            {
                binder.Error(LoaderCode.BadName, $"'{name}' cannot name a node", named.Key.Range, fault);
            }
            else if (!names.Add(name))
            {
                binder.Error(LoaderCode.NameTwice, $"node '{name}' stands twice", named.Key.Range);
            }
            else
            {
                nodes.Add(BindNode(name, named));
            }
        });
        _draft.Topology.Nodes = nodes;
    }

    private NodeSpec BindNode(string name, YamlEntry named)
    {
        NodeSpec node = new() { Name = name };
        binder.CurrentNode = node;
        binder.CurrentNamespace = node.Root;

        // The layers in containerlab's order: defaults, kind, group, node. What comes later wins.
        foreach (YamlNode layer in LayersOf(named))
        {
            NodeShapes.Node.BindInto(node, layer, binder, complete: false);
        }

        NodeShapes.Node.BindInto(node, named.Value, binder, complete: true);
        node.Range = named.Key.Range;
        node.Root.Range = named.Key.Range;
        binder.CurrentNode = null;
        binder.CurrentNamespace = null;
        return node;
    }

    private List<YamlNode> LayersOf(YamlEntry named)
    {
        List<YamlNode> layers = [];
        if (_draft.NodeDefaults is { } defaults)
        {
            layers.Add(defaults);
        }

        YamlMapping? own = named.Value as YamlMapping;
        YamlScalar? group = (own?["group"] ?? (_draft.NodeDefaults as YamlMapping)?["group"]) as YamlScalar;
        YamlEntry groupEntry = default;
        bool grouped = group is not null && TryFindGroup(group, out groupEntry);
        YamlNode? kindNode = own?["kind"]
            ?? (grouped ? (groupEntry.Value as YamlMapping)?["kind"] : null)
            ?? (_draft.NodeDefaults as YamlMapping)?["kind"];
        string kindWord = kindNode is YamlScalar scalar ? binder.Text(scalar) : "host";
        foreach ((string word, NodeKind kind) in NodeShapes.KindWords)
        {
            if (word == kindWord && _kinds.TryGetValue(kind, out YamlEntry kindEntry))
            {
                layers.Add(kindEntry.Value);
            }
        }

        if (grouped)
        {
            layers.Add(groupEntry.Value);
        }

        return layers;
    }

    private bool TryFindGroup(YamlScalar scalar, out YamlEntry group)
    {
        string name = binder.Text(scalar);
        _usedGroups.Add(name);
        if (_groups.TryGetValue(name, out group))
        {
            return true;
        }

        binder.Error(
            LoaderCode.UnknownGroup,
            $"node refers to unknown group '{name}'",
            scalar.Range,
            Spelling.Hint(name, _groups.Keys) ?? "groups are declared under 'groups'");
        return false;
    }

    /// <summary>Defaults that no node uses are checked all the same; what they refer to cannot be.</summary>
    private void BindUnusedLayers()
    {
        int references = binder.References.Count;
        IEnumerable<YamlNode> layers = _kinds.Values.Concat(_groups.Values).Select(e => e.Value);
        foreach (YamlNode layer in _draft.NodeDefaults is { } defaults ? layers.Append(defaults) : layers)
        {
            NodeShapes.Node.BindInto(new NodeSpec(), layer, binder, complete: false);
        }

        binder.References.RemoveRange(references, binder.References.Count - references);
        foreach ((string name, YamlEntry entry) in _groups)
        {
            if (!_usedGroups.Contains(name))
            {
                binder.Warning(LoaderCode.UnusedDefinition, $"group '{name}' is used by no node", entry.Key.Range);
            }
        }
    }

    private void BindLinks()
    {
        if (_draft.LinkDefaults is { } stated)
        {
            LinkShapes.Defaults.BindInto(_linkDefaults, stated, binder, complete: false);
        }

        if (_draft.Links is null)
        {
            return;
        }

        if (_draft.Links is not YamlSequence sequence)
        {
            binder.Error(LoaderCode.WrongType, $"'links' must be a list, not {_draft.Links.KindName}", _draft.Links.Range);
            return;
        }

        LinkExpansion expansion = new(binder, _linkDefaults);
        foreach (YamlNode item in sequence.Items)
        {
            expansion.Bind(item);
        }

        _draft.Topology.Links = expansion.Links;
    }

    private void BindCluster()
    {
        if (_draft.Cluster is not { } node)
        {
            return;
        }

        ClusterSpec cluster = new()
        {
            LinkDelay = _linkDefaults.Delay,
            LinkRate = _linkDefaults.Rate,
            LinkMtu = _linkDefaults.Mtu,
        };
        if (ClusterShapes.Cluster.BindInto(cluster, node, binder, complete: true))
        {
            _draft.Topology.Cluster = cluster;
        }

        if (cluster.Racks == 0 != (cluster.NodesPerRack == 0))
        {
            binder.Error(LoaderCode.MissingKey, "'racks' and 'nodesPerRack' stand together", node.Range);
        }

        if ((long)cluster.Racks * cluster.NodesPerRack > NameRange.Limit)
        {
            binder.Error(LoaderCode.TooMany, $"a cluster has at most {NameRange.Limit} nodes", node.Range);
        }
    }

    private void NumberSteps()
    {
        for (int i = 0; i < _draft.Topology.Steps.Count; i++)
        {
            _draft.Topology.Steps[i].Index = i;
        }
    }
}
