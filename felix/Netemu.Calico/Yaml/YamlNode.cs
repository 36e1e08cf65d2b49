using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>
/// A node of a YAML document with its place in the file. Nodes are immutable; an alias is the anchored node itself, so
/// a document is an acyclic graph whose expansion <see cref="YamlLimits"/> bounds.
/// </summary>
public abstract class YamlNode
{
    private protected YamlNode(SourceRange range, int height, int expandedSize)
    {
        Range = range;
        Height = height;
        ExpandedSize = expandedSize;
    }

    /// <summary>Where the node stands; for an aliased node, where its anchor stands.</summary>
    public SourceRange Range { get; }

    /// <summary>The node's kind with its article, for messages: "a mapping".</summary>
    public abstract string KindName { get; }

    /// <summary>Levels of nesting from here down: 1 for a scalar.</summary>
    internal int Height { get; }

    /// <summary>Nodes from here down, each alias counted as what it stands for.</summary>
    internal int ExpandedSize { get; }
}
