using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Model;

/// <summary>A Kubernetes or Calico object as its file has it; its fields are the cluster's business.</summary>
public sealed record ManifestDocument(YamlMapping Root, string ApiVersion, string Kind, string? Namespace, string Name)
{
    public SourceRange Range => Root.Range;

    /// <summary>kind/namespace/name, as messages name the object.</summary>
    public override string ToString() => Namespace is null ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
