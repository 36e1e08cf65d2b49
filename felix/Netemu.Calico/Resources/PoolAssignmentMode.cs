namespace Netemu.Calico.Resources;

/// <summary>Whether a pool is used unless a pod names it.</summary>
public enum PoolAssignmentMode : byte
{
    Automatic,
    Manual,
}
