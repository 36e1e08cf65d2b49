using System;
using System.Collections.Immutable;
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

    /// <summary>Those of IANA's registry that FRR knows, as it spells them (bgp_community.c).</summary>
    private static readonly ImmutableArray<(uint Value, string Name)> s_wellKnown =
    [
        (0, "internet"),
        (GracefulShutdown.Value, "graceful-shutdown"),
        (0xFFFF0001, "accept-own"),
        (0xFFFF0002, "route-filter-translated-v4"),
        (0xFFFF0003, "route-filter-v4"),
        (0xFFFF0004, "route-filter-translated-v6"),
        (0xFFFF0005, "route-filter-v6"),
        (LlgrStale.Value, "llgr-stale"),
        (NoLlgr.Value, "no-llgr"),
        (0xFFFF0008, "accept-own-nexthop"),
        (Blackhole.Value, "blackhole"),
        (NoExport.Value, "no-export"),
        (NoAdvertise.Value, "no-advertise"),
        (NoExportSubconfed.Value, "local-AS"),
        (0xFFFFFF04, "no-peer"),
    ];

    /// <summary>Parses "AS:value", both as one number, or a well-known name as FRR spells it ("internet" is 0:0).</summary>
    public static bool TryParse(string text, out Community community)
    {
        string name = text is "local-as" or "no-export-subconfed" ? "local-AS" : text;
        foreach ((uint value, string known) in s_wellKnown)
        {
            if (known == name)
            {
                community = new Community(value);
                return true;
            }
        }

        community = default;
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

    public override string ToString()
    {
        foreach ((uint value, string name) in s_wellKnown)
        {
            if (value == Value)
            {
                return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Value >> 16}:{Value & 0xFFFF}");
    }
}
