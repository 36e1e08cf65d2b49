namespace Netemu.Calico.Resources;

/// <summary>A Deployment, ReplicaSet, StatefulSet, DaemonSet or Job: a template and how many Pods it makes.</summary>
public sealed record WorkloadController(ResourceKind ControllerKind, ObjectMetadata Metadata, int Replicas, Pod Template)
    : Resource(Metadata)
{
    public override ResourceKind Kind => ControllerKind;
}
