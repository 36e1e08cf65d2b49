namespace Netemu.Calico.Resources;

/// <summary>What a pool's addresses may be used for.</summary>
public enum PoolUse : byte
{
    Workload,
    Tunnel,
    LoadBalancer,
}
