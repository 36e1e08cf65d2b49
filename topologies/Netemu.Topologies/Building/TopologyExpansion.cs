using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>The nodes and links of a run while extensions may still add to them; what a file declares comes first.</summary>
public sealed class TopologyExpansion
{
    private readonly List<NodeSpec> _nodes;
    private readonly List<LinkSpec> _links;

    internal TopologyExpansion(TopologySpec topology, DiagnosticBag diagnostics)
    {
        Topology = topology;
        Diagnostics = diagnostics;
        _nodes = [.. topology.Nodes];
        _links = [.. topology.Links];
    }

    public TopologySpec Topology { get; }

    public DiagnosticBag Diagnostics { get; }

    public IReadOnlyList<NodeSpec> Nodes => _nodes;

    public IReadOnlyList<LinkSpec> Links => _links;

    public void Add(NodeSpec node) => _nodes.Add(node);

    public void Add(LinkSpec link) => _links.Add(link);
}
