namespace Netemu.Calico.Resources;

/// <summary>Which routes to other nodes' blocks Felix programs; BIRD does the rest.</summary>
public enum ClusterRouteProgramming : byte
{
    /// <summary>BIRD programs both kinds, with krt_tunnel for IPIP (the default up to 3.32).</summary>
    Disabled,
    EnabledIpipOnly,
    Enabled,
}
