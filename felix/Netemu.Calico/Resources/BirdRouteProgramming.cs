namespace Netemu.Calico.Resources;

/// <summary>Which routes to other nodes' blocks BIRD programs (BGPConfiguration's programClusterRoutes); Felix does the rest.</summary>
public enum BirdRouteProgramming : byte
{
    Disabled,
    Enabled,
    EnabledIpipOnly,
    EnabledNoEncapOnly,
}
