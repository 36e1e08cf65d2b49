namespace Netemu.Calico.Resources;

/// <summary>What happens to a workload's packet to its own host, once the workload's egress policy has allowed it.</summary>
public enum EndpointToHostAction : byte
{
    Drop,
    Accept,

    /// <summary>The rest of the INPUT chain decides.</summary>
    Return,
}
