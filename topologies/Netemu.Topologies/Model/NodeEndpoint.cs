namespace Netemu.Topologies.Model;

/// <summary><c>node</c> or <c>node/ns</c>: a network namespace of a node, the root one where none is named.</summary>
public sealed record NodeEndpoint(string Node, string? Namespace) : EndpointRef
{
    public override string ToString() => Namespace is null ? Node : $"{Node}/{Namespace}";
}
