namespace Netemu.Engine.Netfilter;

/// <summary>When a hook runs at its point: lower is earlier (NF_IP_PRI_*, linux/netfilter_ipv4.h).</summary>
public static class HookPriority
{
    public const int ConntrackDefragment = -400;
    public const int Raw = -300;
    public const int Conntrack = -200;
    public const int Mangle = -150;
    public const int NatDestination = -100;
    public const int Filter = 0;
    public const int NatSource = 100;
    public const int ConntrackConfirm = int.MaxValue;
}
