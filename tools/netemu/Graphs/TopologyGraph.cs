using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;

namespace Netemu.Cli.Graphs;

/// <summary>Nodes and links as a picture shows them: namespaces inside a node hang on it by their devices.</summary>
internal sealed class TopologyGraph
{
    private TopologyGraph(IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphEdge> edges)
    {
        Nodes = nodes;
        Edges = edges;
    }

    public IReadOnlyList<GraphNode> Nodes { get; }

    public IReadOnlyList<GraphEdge> Edges { get; }

    public static TopologyGraph Of(BuiltTopology topology)
    {
        List<GraphNode> nodes = [];
        List<GraphEdge> edges = [];
        foreach (NodeSpec node in topology.Nodes)
        {
            nodes.Add(new GraphNode(node.Name, node.Kind.ToString().ToLowerInvariant(), AddressesOf(node.Root)));
            foreach (NamespaceSpec space in node.Namespaces)
            {
                nodes.Add(new GraphNode($"{node.Name}/{space.Name}", "namespace", AddressesOf(space)));
                foreach (InterfaceSpec device in space.Interfaces.Where(i => i.Type != InterfaceType.Loopback))
                {
                    string far = device.Peer is { } peer ? peer.ToString() : $"{node.Name}:{device.Master ?? device.Parent}";
                    edges.Add(new GraphEdge($"{node.Name}/{space.Name}", far.Split(':')[0], device.Name, far[(far.IndexOf(':') + 1)..]));
                }
            }
        }

        edges.AddRange(topology.Links.Select(l => new GraphEdge(l.A.Owner.ToString()!, l.B.Owner.ToString()!, l.A.Device, l.B.Device)));
        return new TopologyGraph(nodes, edges);
    }

    private static string[] AddressesOf(NamespaceSpec space) =>
        [.. space.Interfaces.SelectMany(i => i.Addresses.Select(a => $"{i.Name} {a}"))];
}
