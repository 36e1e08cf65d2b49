namespace Netemu.Calico.Resources;

/// <summary>What enforcing a staged policy would do: set the policy, or delete the enforced one of that name.</summary>
public enum StagedAction : byte
{
    Set,
    Delete,
}
