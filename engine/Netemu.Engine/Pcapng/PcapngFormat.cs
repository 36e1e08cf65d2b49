namespace Netemu.Engine.Pcapng;

/// <summary>The numbers of the two capture formats (draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap).</summary>
internal static class PcapngFormat
{
    // Block types, section 11.1 of the pcapng draft.
    public const uint SectionHeaderBlock = 0x0A0D0D0A;
    public const uint InterfaceDescriptionBlock = 1;
    public const uint ObsoletePacketBlock = 2;
    public const uint SimplePacketBlock = 3;
    public const uint InterfaceStatisticsBlock = 5;
    public const uint EnhancedPacketBlock = 6;

    public const uint ByteOrderMagic = 0x1A2B3C4D;

    /// <summary>Type, total length, and total length again at the end.</summary>
    public const int BlockOverhead = 12;

    // Options, sections 3.5, 4.2, 4.3 and 4.6.
    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort SectionUserApplication = 4;
    public const ushort InterfaceName = 2;
    public const ushort InterfaceDescription = 3;
    public const ushort InterfaceTimestampResolution = 9;
    public const ushort InterfaceTimestampOffset = 14;
    public const ushort PacketFlags = 2;
    public const ushort StatisticsReceived = 4;
    public const ushort StatisticsDropped = 5;

    // The pcap file header.
    public const uint PcapMicroseconds = 0xA1B2C3D4;
    public const uint PcapNanoseconds = 0xA1B23C4D;
    public const int PcapHeaderSize = 24;
    public const int PcapRecordHeaderSize = 16;

    /// <summary>Options and packet data are padded to 32 bits.</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
