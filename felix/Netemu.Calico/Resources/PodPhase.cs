namespace Netemu.Calico.Resources;

/// <summary>A Pod's phase.</summary>
public enum PodPhase : byte
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
}
