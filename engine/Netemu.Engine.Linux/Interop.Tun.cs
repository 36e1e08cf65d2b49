namespace Netemu.Engine.Linux;

/// <summary>linux/if_tun.h.</summary>
internal static partial class Interop
{
    public const short IFF_TUN = 0x0001;
    public const short IFF_TAP = 0x0002;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;

    public const uint TUN_F_CSUM = 0x01;
    public const uint TUN_F_TSO4 = 0x02;
    public const uint TUN_F_TSO6 = 0x04;
    public const uint TUN_F_TSO_ECN = 0x08;
    public const uint TUN_F_USO4 = 0x20;
    public const uint TUN_F_USO6 = 0x40;

    public const nuint TUNSETIFF = 0x400454CA;
    public const nuint TUNSETOFFLOAD = 0x400454D0;
    public const nuint TUNSETVNETHDRSZ = 0x400454D8;
    public const nuint TUNSETVNETLE = 0x400454DC;
    public const nuint TUNSETCARRIER = 0x400454E2;
}
