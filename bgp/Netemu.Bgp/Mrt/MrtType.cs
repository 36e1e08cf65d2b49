namespace Netemu.Bgp.Mrt;

/// <summary>Record types of MRT (RFC 6396 section 4).</summary>
internal enum MrtType : ushort
{
    TableDump = 12,
    TableDumpV2 = 13,
    Bgp4Mp = 16,

    /// <summary>BGP4MP with microseconds.</summary>
    Bgp4MpEt = 17,
}
