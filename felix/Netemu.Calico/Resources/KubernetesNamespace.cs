using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>A Kubernetes namespace; it always carries the label kubernetes.io/metadata.name.</summary>
public sealed record KubernetesNamespace(ObjectMetadata Metadata)
    : Resource(Metadata with { Labels = Metadata.Labels.With(WellKnownLabels.MetadataName, Metadata.Name) })
{
    public override ResourceKind Kind => ResourceKind.Namespace;
}
