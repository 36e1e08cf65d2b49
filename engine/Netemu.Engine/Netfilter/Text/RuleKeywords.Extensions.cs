using System.Collections.Immutable;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The words of extensions that few rules use.</summary>
internal static partial class RuleKeywords
{
    /// <summary>In the order of libxt_conntrack.c.</summary>
    public static readonly ImmutableArray<(string Name, TrackedStatus Status)> StatusNames =
    [
        ("NONE", TrackedStatus.None), ("EXPECTED", TrackedStatus.Expected), ("SEEN_REPLY", TrackedStatus.SeenReply),
        ("ASSURED", TrackedStatus.Assured), ("CONFIRMED", TrackedStatus.Confirmed),
    ];

    public static readonly ImmutableArray<(string Name, SctpChunkScope Scope)> ChunkScopes =
        [("all", SctpChunkScope.All), ("any", SctpChunkScope.Any), ("only", SctpChunkScope.Only)];

    /// <summary>RFC 9260 section 3.2 and its extensions, in the order of their numbers.</summary>
    public static readonly ImmutableArray<(string Name, byte Type)> ChunkNames =
    [
        ("DATA", 0), ("INIT", 1), ("INIT_ACK", 2), ("SACK", 3), ("HEARTBEAT", 4), ("HEARTBEAT_ACK", 5), ("ABORT", 6),
        ("SHUTDOWN", 7), ("SHUTDOWN_ACK", 8), ("ERROR", 9), ("COOKIE_ECHO", 10), ("COOKIE_ACK", 11), ("ECN_ECNE", 12),
        ("ECN_CWR", 13), ("SHUTDOWN_COMPLETE", 14), ("I_DATA", 64), ("ASCONF_ACK", 128), ("RE_CONFIG", 130), ("PAD", 132),
        ("ASCONF", 193), ("FORWARD_TSN", 192), ("I_FORWARD_TSN", 194),
    ];

    public static readonly ImmutableArray<(string Name, LinkPacketType Type)> LinkTypes =
        [("unicast", LinkPacketType.Unicast), ("broadcast", LinkPacketType.Broadcast), ("multicast", LinkPacketType.Multicast)];

    /// <summary>The letters of a chunk's flags from the highest bit down; a dash for a bit without a name.</summary>
    public static string ChunkFlags(byte type) => type switch
    {
        0 => "----IUBE",
        6 or 14 => "-------T",
        _ => string.Empty,
    };
}
