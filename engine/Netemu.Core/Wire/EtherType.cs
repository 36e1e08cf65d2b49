namespace Netemu.Core.Wire;

/// <summary>EtherTypes (IEEE registry), as constants because switches read the raw field.</summary>
public static class EtherType
{
    public const ushort IPv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort TransparentEthernet = 0x6558;
    public const ushort Vlan = 0x8100;
    public const ushort IPv6 = 0x86DD;
    public const ushort ServiceVlan = 0x88A8;

    /// <summary>Values below this one are an IEEE 802.3 length, not a type.</summary>
    public const ushort FirstType = 0x0600;
}
