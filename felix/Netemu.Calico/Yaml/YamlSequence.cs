using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>A sequence of nodes in the order of the file.</summary>
public sealed class YamlSequence : YamlNode
{
    public YamlSequence(IReadOnlyList<YamlNode> items, SourceRange range)
        : base(range, YamlMeasure.HeightOver(items), YamlMeasure.SizeOver(items))
    {
        Items = items;
    }

    public IReadOnlyList<YamlNode> Items { get; }

    public override string KindName => "a sequence";
}
