namespace Netemu.Calico.Resources;

/// <summary>A Kubernetes service account: its labels reach the pods that run under it.</summary>
public sealed record ServiceAccount(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.ServiceAccount;
}
