using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>The metadata that Kubernetes and Calico objects share.</summary>
public sealed record ObjectMetadata(string Name, string Namespace = "")
{
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    public LabelSet Annotations { get; init; } = LabelSet.Empty;
}
