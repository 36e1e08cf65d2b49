namespace Netemu.Bgp.Mrt;

/// <summary>Subtypes of TABLE_DUMP_V2 and BGP4MP (RFC 6396 sections 4.3 and 4.4, RFC 8050).</summary>
internal static class MrtSubtype
{
    public const ushort PeerIndexTable = 1;
    public const ushort RibIPv4Unicast = 2;
    public const ushort RibIPv6Unicast = 4;
    public const ushort RibIPv4UnicastAddPath = 8;
    public const ushort RibIPv6UnicastAddPath = 10;

    public const ushort StateChange = 0;
    public const ushort Message = 1;
    public const ushort MessageAs4 = 4;
    public const ushort StateChangeAs4 = 5;
    public const ushort MessageAs4AddPath = 9;
}
