using System;
using System.Globalization;

namespace Netemu.Bgp.Attributes;

/// <summary>A community (RFC 1997), with the well-known ones by name.</summary>
public readonly record struct Community(uint Value) : IComparable<Community>
{
    public Community(ushort asNumber, ushort value)
        : this(((uint)asNumber << 16) | value)
    {
    }

    /// <summary>RFC 8326: prefer any other path.</summary>
    public static Community GracefulShutdown => new(0xFFFF0000);

    /// <summary>RFC 7999.</summary>
    public static Community Blackhole => new(0xFFFF029A);

    /// <summary>RFC 9494: kept although its neighbour has been away for long.</summary>
    public static Community LlgrStale => new(0xFFFF0006);

    /// <summary>RFC 9494: not to be kept like that.</summary>
    public static Community NoLlgr => new(0xFFFF0007);

    public static Community NoExport => new(0xFFFFFF01);

    public static Community NoAdvertise => new(0xFFFFFF02);

    public static Community NoExportSubconfed => new(0xFFFFFF03);

    public int CompareTo(Community other) => Value.CompareTo(other.Value);

    /// <summary>Parses "AS:value", both as one number, or a well-known name as FRR spells it ("internet" is 0:0).</summary>
    public static bool TryParse(string text, out Community community)
    {
        community = text switch
        {
            "graceful-shutdown" => GracefulShutdown,
            "blackhole" => Blackhole,
            "llgr-stale" => LlgrStale,
            "no-llgr" => NoLlgr,
            "no-export" => NoExport,
            "no-advertise" => NoAdvertise,
            "local-AS" or "local-as" or "no-export-subconfed" => NoExportSubconfed,
            "no-peer" => new Community(0xFFFFFF04),
            "accept-own" => new Community(0xFFFF0001),
            _ => default,
        };
        if (community.Value != 0 || text == "internet")
        {
            return true;
        }

        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint whole))
        {
            community = new Community(whole);
            return true;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !ushort.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out ushort high)
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort low))
        {
            return false;
        }

        community = new Community(high, low);
        return true;
    }

    public override string ToString() => Value switch
    {
        0xFFFF0000 => "graceful-shutdown",
        0xFFFF029A => "blackhole",
        0xFFFF0006 => "llgr-stale",
        0xFFFF0007 => "no-llgr",
        0xFFFFFF01 => "no-export",
        0xFFFFFF02 => "no-advertise",
        0xFFFFFF03 => "local-AS",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Value >> 16}:{Value & 0xFFFF}"),
    };
}
