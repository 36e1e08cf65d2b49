namespace Netemu.Calico.Peering;

/// <summary>What BIRD does with a learnt route of a pool on its way to the kernel.</summary>
public enum KernelRouteAction : byte
{
    /// <summary>Programs it as it is.</summary>
    Program,

    /// <summary>Leaves it to Felix.</summary>
    Leave,

    /// <summary>Programs it through tunl0 (krt_tunnel).</summary>
    Tunnel,

    /// <summary>Through tunl0 if the next hop is outside the node's subnet, else as it is.</summary>
    TunnelAcrossSubnets,
}
