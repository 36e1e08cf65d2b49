namespace Netemu.Calico.Resources;

/// <summary>How denied packets end.</summary>
public enum RejectAction : byte
{
    Drop,
    Reject,
}
