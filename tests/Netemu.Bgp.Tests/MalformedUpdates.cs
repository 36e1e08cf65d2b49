using System.Collections.Generic;

namespace Netemu.Bgp.Tests;

/// <summary>
/// Attributes of an UPDATE that announces a prefix from an external four-octet peer which had announced it before, and what
/// each costs (RFC 7606). "kept": the new route counts. "withdrawn": the old one is gone. Four digits: the session ended with
/// that code and subcode. The same rows go into other daemons (Netemu.Bgp.Sockets.Tests).
/// </summary>
internal static class MalformedUpdates
{
    public const string Origin = "40010100";
    public const string AsPath = "400206" + "0201" + "0000FDEA";
    public const string NextHop = "400304" + "0A000002";
    public const string Good = Origin + AsPath + NextHop;

    public static IReadOnlyList<(string What, string Attributes, string Expected)> External { get; } =
    [
        ("good", Good, "kept"),
        ("section 3 (c): ORIGIN with the optional bit", "C0010100" + AsPath + NextHop, "withdrawn"),
        ("section 3 (c): MED that is transitive", Good + "C00404" + "00000001", "withdrawn"),
        ("section 3 (c): COMMUNITIES that are not transitive", Good + "80080400010001", "withdrawn"),
        ("section 3 (c): MP_REACH_NLRI that is transitive", Good + "C00E05" + "0002010000", "0304"),
        ("section 3 (d): no ORIGIN", AsPath + NextHop, "withdrawn"),
        ("section 3 (d): no AS_PATH", Origin + NextHop, "withdrawn"),
        ("section 3 (d): no NEXT_HOP", Origin + AsPath, "withdrawn"),
        ("section 3 (g): ORIGIN twice, the first counts", Good + "40010102", "kept"),
        ("section 3 (g): MP_UNREACH_NLRI twice", Good + "800F03000201" + "800F03000201", "0301"),
        ("section 4: an attribute overruns the total length", Good + "8004FF00000000", "withdrawn"),
        ("section 4: two octets of an attribute", Good + "8004", "withdrawn"),
        ("section 4: extended length cut off", Good + "900400", "withdrawn"),
        ("section 7.1: ORIGIN of two octets", "4001020000" + AsPath + NextHop, "withdrawn"),
        ("section 7.1: ORIGIN of no octet", "400100" + AsPath + NextHop, "withdrawn"),
        ("section 7.1: ORIGIN 3", "40010103" + AsPath + NextHop, "withdrawn"),
        ("section 7.2: segment type 5", Origin + "400206" + "0501" + "0000FDEA" + NextHop, "withdrawn"),
        ("section 7.2: segment overrun", Origin + "400206" + "0202" + "0000FDEA" + NextHop, "withdrawn"),
        ("section 7.2: segment underrun", Origin + "400207" + "0201" + "0000FDEA00" + NextHop, "withdrawn"),
        ("section 7.2: empty segment", Origin + "400208" + "0200" + "0201" + "0000FDEA" + NextHop, "withdrawn"),
        ("RFC 5065: a confederation segment", Origin + "400206" + "0301" + "0000FDEA" + NextHop, "withdrawn"),
        ("section 7.3: NEXT_HOP of five octets", Origin + AsPath + "400305" + "0A00000200", "withdrawn"),
        ("section 7.4: MED of three octets", Good + "800403" + "000001", "withdrawn"),
        ("section 7.5: LOCAL_PREF from outside is dropped", Good + "400504" + "000000FF", "kept"),
        ("section 7.5: even a malformed one", Good + "400503" + "0000FF", "kept"),
        ("section 7.6: ATOMIC_AGGREGATE with a value", Good + "400601" + "00", "kept"),
        ("section 7.7: AGGREGATOR of six octets between four-octet speakers", Good + "C00706" + "FDEA0A000002", "kept"),
        ("section 7.8: COMMUNITIES of five octets", Good + "C00805" + "0001000100", "withdrawn"),
        ("section 7.8: COMMUNITIES of no octet", Good + "C00800", "withdrawn"),
        ("section 7.9: ORIGINATOR_ID from outside is dropped", Good + "800904" + "0A000001", "kept"),
        ("section 7.10: CLUSTER_LIST from outside is dropped", Good + "800A04" + "0A000001", "kept"),
        ("section 7.11: MP_REACH_NLRI with a next hop of five octets", Good + "800E0A" + "00020105" + "0000000000" + "00", "0309"),
        ("section 7.11: MP_REACH_NLRI whose next hop overruns", Good + "800E05" + "0002011000", "0309"),
        ("section 7.12: MP_UNREACH_NLRI of two octets", Good + "800F02" + "0002", "0309"),
        ("section 7.14: EXTENDED_COMMUNITIES of seven octets", Good + "C01007" + "00020000000001", "withdrawn"),
        ("RFC 8092: LARGE_COMMUNITY of eleven octets", Good + "C0200B" + "0000000100000002000003", "withdrawn"),
        ("RFC 6793: AS4_PATH from a four-octet speaker is dropped", Good + "C01106" + "0201" + "0000FDEB", "kept"),
        ("RFC 4271 6.3: an unknown well-known attribute", Good + "406301" + "00", "0302"),
        ("RFC 4271 9: an unknown optional attribute", Good + "C06301" + "00", "kept"),
        ("code 255 with every flag", Good + "FFFF000100", "kept"),
    ];
}
