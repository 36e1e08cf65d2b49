namespace Netemu.Calico.Resources;

/// <summary>
/// A Calico policy: NetworkPolicy, GlobalNetworkPolicy, or the staged variant of either, which is evaluated but never
/// enforced.
/// </summary>
public sealed record NetworkPolicy(ObjectMetadata Metadata, PolicySpec Spec) : Resource(Metadata)
{
    public bool IsStaged { get; init; }

    public StagedAction StagedAction { get; init; }

    public bool IsGlobal => Namespace.Length == 0;

    public override ResourceKind Kind => (IsGlobal, IsStaged) switch
    {
        (false, false) => ResourceKind.NetworkPolicy,
        (true, false) => ResourceKind.GlobalNetworkPolicy,
        (false, true) => ResourceKind.StagedNetworkPolicy,
        (true, true) => ResourceKind.StagedGlobalNetworkPolicy,
    };
}
