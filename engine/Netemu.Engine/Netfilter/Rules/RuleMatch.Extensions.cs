using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Conditions that few rules ask for.</summary>
public abstract partial record RuleMatch
{
    /// <summary>
    /// `-m physdev`: the bridge ports that a packet came in and leaves by. Each question is asked if it is not null; its value
    /// says whether the answer is negated.
    /// </summary>
    public sealed record PhysicalDevice(
        string? InputPort = null,
        bool InputNegated = false,
        string? OutputPort = null,
        bool OutputNegated = false,
        bool? HasInput = null,
        bool? HasOutput = null,
        bool? IsBridged = null) : RuleMatch;

    /// <summary>`-m conntrack --ctproto`.</summary>
    public sealed record ConnectionProtocol(IPProtocol Number, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctreplsrc` and `--ctrepldst`: the addresses that an answer comes with.</summary>
    public sealed record ReplyAddress(SetDirection Side, InternetPrefix Prefix, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctreplsrcport` and `--ctrepldstport`.</summary>
    public sealed record ReplyPort(SetDirection Side, PortRange Range, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctstatus`.</summary>
    public sealed record Status(TrackedStatus Value, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctexpire`: the seconds that a connection still has.</summary>
    public sealed record Expiry(uint First, uint Last, bool Negated = false) : RuleMatch;

    /// <summary>`--tcp-option`: the segment carries an option of that kind.</summary>
    public sealed record TcpOption(byte Number, bool Negated = false) : RuleMatch;

    /// <summary>`-m sctp --chunk-types`.</summary>
    public sealed record SctpChunks(SctpChunkScope Scope, ImmutableArray<SctpChunk> Chunks, bool Negated = false) : RuleMatch;

    /// <summary>`-m iprange --src-range` and `--dst-range`.</summary>
    public sealed record AddressRange(SetDirection Side, InternetAddress First, InternetAddress Last, bool Negated = false) : RuleMatch;

    /// <summary>`-m pkttype --pkt-type`.</summary>
    public sealed record LinkType(LinkPacketType Type, bool Negated = false) : RuleMatch;
}
