using System;

namespace Netemu.Engine.Tests.Pcapng;

/// <summary>Blocks spelled out by hand from draft-ietf-opsawg-pcapng; "le" and "be" name the byte order.</summary>
internal static class PcapngBytes
{
    /// <summary>What every file of ours starts with: version 1.0, unknown length, shb_userappl "netemu".</summary>
    public const string OurSectionHeader =
        "0A0D0D0A 2C000000 4D3C2B1A 0100 0000 FFFFFFFFFFFFFFFF 0400 0600 6E6574656D75 0000 0000 0000 2C000000";

    /// <summary>Ethernet, no snap length, if_name "h1:eth0", if_tsresol 9.</summary>
    public const string OurInterface =
        "01000000 2C000000 0100 0000 00000000 0200 0700 68313A65746830 00 0900 0100 09 000000 0000 0000 2C000000";

    public const string SectionHeaderLe = "0A0D0D0A 1C000000 4D3C2B1A 0100 0000 FFFFFFFFFFFFFFFF 1C000000";
    public const string SectionHeaderBe = "0A0D0D0A 0000001C 1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF 0000001C";

    /// <summary>Ethernet, snap length 65535, no options: microseconds.</summary>
    public const string InterfaceLe = "01000000 14000000 0100 0000 FFFF0000 14000000";
    public const string InterfaceBe = "00000001 00000014 0001 0000 0000FFFF 00000014";

    /// <summary>Interface 0, 1 s, the five bytes 0102030405 of 9.</summary>
    public const string PacketLe =
        "06000000 28000000 00000000 00000000 40420F00 05000000 09000000 0102030405 000000 28000000";

    public const string PacketBe =
        "00000006 00000028 00000000 00000000 000F4240 00000005 00000009 0102030405 000000 00000028";

    public static byte[] Parse(params string[] blocks) =>
        Convert.FromHexString(string.Concat(blocks).Replace(" ", string.Empty, StringComparison.Ordinal));
}
