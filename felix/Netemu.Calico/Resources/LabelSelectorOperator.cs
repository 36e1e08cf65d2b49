namespace Netemu.Calico.Resources;

/// <summary>The operators of Kubernetes label selectors.</summary>
public enum LabelSelectorOperator : byte
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
}
