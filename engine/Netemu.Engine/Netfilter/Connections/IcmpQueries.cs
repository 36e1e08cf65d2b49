using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>Which ICMP messages ask and which answer (invmap in nf_conntrack_proto_icmp.c and _icmpv6.c).</summary>
internal static class IcmpQueries
{
    private const byte None = 255;

    /// <summary>The type that answers <paramref name="type"/>, or that it answers; 255 for what is neither.</summary>
    public static byte Answer(IPProtocol protocol, byte type) => (byte)(protocol == IPProtocol.Icmp
        ? type switch
        {
            8 => 0,
            0 => 8,
            13 => 14,
            14 => 13,
            15 => 16,
            16 => 15,
            17 => 18,
            18 => 17,
            _ => None,
        }
        : type switch
        {
            128 => 129,
            129 => 128,
            139 => 140,
            140 => 139,
            _ => None,
        });

    /// <summary>True if the message is a question or an answer with an identifier.</summary>
    public static bool IsQuery(IPProtocol protocol, byte type) => Answer(protocol, type) != None;

    /// <summary>True if the message may begin a connection: only questions do.</summary>
    public static bool IsRequest(IPProtocol protocol, byte type) =>
        protocol == IPProtocol.Icmp ? type is 8 or 13 or 15 or 17 : type is 128 or 139;

    /// <summary>True if the message quotes the packet that it is about.</summary>
    public static bool IsError(IPProtocol protocol, byte type) =>
        protocol == IPProtocol.Icmp ? type is 3 or 4 or 5 or 11 or 12 : type < 128;

    /// <summary>Neighbour discovery and multicast listening are never tracked (noct_valid_new).</summary>
    public static bool IsUntracked(byte type) => type is (>= 130 and <= 137) or 143;
}
