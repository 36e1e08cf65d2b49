using System.Collections.Generic;

namespace Netemu.Topologies.Model;

/// <summary>A node: its root network namespace, further ones, start-up commands and what runs on it.</summary>
public sealed class NodeSpec : Spec
{
    public string Name { get; internal set; } = string.Empty;

    public NodeKind Kind { get; internal set; }

    /// <summary>The group whose defaults were applied.</summary>
    public string? Group { get; internal set; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal set; } = [];

    public NamespaceSpec Root { get; } = new();

    /// <summary>Further network namespaces inside the node, in declaration order.</summary>
    public IReadOnlyList<NamespaceSpec> Namespaces { get; internal set; } = [];

    /// <summary>Commands at t=0 in the root namespace; one that fails ends the run.</summary>
    public IReadOnlyList<CommandSpec> Exec { get; internal set; } = [];

    public BgpSpec? Bgp { get; internal set; }

    /// <summary>The switch's own settings where the node is a bridge.</summary>
    public BridgeOptions Bridge { get; } = new();

    /// <summary>The further namespace of that name, or null.</summary>
    public NamespaceSpec? FindNamespace(string name)
    {
        foreach (NamespaceSpec candidate in Namespaces)
        {
            if (candidate.Name == name)
            {
                return candidate;
            }
        }

        return null;
    }
}
