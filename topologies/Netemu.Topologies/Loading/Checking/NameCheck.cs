using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Resolves nodes and namespaces, with one wording for all findings about them.</summary>
internal sealed class NameCheck(Binder binder, TopologyIndex index, TopologySpec topology)
{
    /// <summary>
    /// The namespace that a node reference names; null, with a finding, where there is none, and null without one where the
    /// node is the cluster's.
    /// </summary>
    public NamespaceSpec? Resolve(string role, string text, NodeEndpoint place, SourceRange range)
    {
        if (index.FindNode(place.Node) is null)
        {
            if (!index.ClusterNodes.Contains(place.Node))
            {
                UnknownNode(role, text, place.Node, range);
            }

            return null;
        }

        NamespaceSpec? space = index.FindNamespace(place.Node, place.Namespace);
        if (space is null)
        {
            IEnumerable<string> names = index.FindNode(place.Node)!.Namespaces.Select(s => s.Name!);
            binder.Error(
                LoaderCode.UnknownNamespace,
                $"{role} '{text}' refers to unknown namespace '{place.Namespace}' of node '{place.Node}'",
                range,
                Spelling.Hint(place.Namespace!, names));
        }

        return space;
    }

    public void UnknownNode(string role, string text, string name, SourceRange range)
    {
        string declared = topology.Nodes.Count == 0 ? "no nodes are declared" : $"nodes are declared at {Place(topology.Nodes[0].Range)}";
        string? nearest = Spelling.Hint(name, index.NodeNames.Concat(index.ClusterNodes));
        binder.Error(
            LoaderCode.UnknownNode,
            $"{role} '{text}' refers to unknown node '{name}'",
            range,
            nearest is null ? declared : $"{nearest} {declared}");
    }

    private static string Place(SourceRange range) => $"{range.File}:{range.Line}";
}
