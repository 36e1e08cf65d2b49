using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>
/// One condition of a rule, named as the iptables extension that asks for it. A rule matches when all of its conditions do.
/// </summary>
public abstract partial record RuleMatch
{
    /// <summary>`-s`.</summary>
    public sealed record Source(InternetPrefix Prefix, bool Negated = false) : RuleMatch;

    /// <summary>`-d`.</summary>
    public sealed record Destination(InternetPrefix Prefix, bool Negated = false) : RuleMatch;

    /// <summary>`-i`; a name that ends in + stands for all that begin so.</summary>
    public sealed record Input(string Name, bool Negated = false) : RuleMatch;

    /// <summary>`-o`.</summary>
    public sealed record Output(string Name, bool Negated = false) : RuleMatch;

    /// <summary>`-p`.</summary>
    public sealed record Protocol(IPProtocol Number, bool Negated = false) : RuleMatch;

    /// <summary>`-f`: second and further fragments.</summary>
    public sealed record Fragment(bool Negated = false) : RuleMatch;

    /// <summary>`--sport` of tcp, udp and sctp.</summary>
    public sealed record SourcePort(PortRange Range, bool Negated = false) : RuleMatch;

    /// <summary>`--dport`.</summary>
    public sealed record DestinationPort(PortRange Range, bool Negated = false) : RuleMatch;

    /// <summary>`-m multiport`: up to 15 ports and ranges.</summary>
    public sealed record Multiport(PortSide Side, ImmutableArray<PortRange> Ports, bool Negated = false) : RuleMatch;

    /// <summary>`--tcp-flags mask compare`.</summary>
    public sealed record Tcp(TcpFlags Mask, TcpFlags Compare, bool Negated = false) : RuleMatch;

    /// <summary>`--icmp-type` or `--icmpv6-type`; 255 is any type, no code any code.</summary>
    public sealed record Icmp(byte Type, byte? Code = null, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctstate`, and `-m state --state` if <paramref name="OldName"/>.</summary>
    public sealed record State(ConnectionStates States, bool Negated = false, bool OldName = false) : RuleMatch;

    /// <summary>`-m conntrack --ctorigsrc` and `--ctorigdst`: the addresses before any translation.</summary>
    public sealed record OriginalAddress(SetDirection Side, InternetPrefix Prefix, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctorigdstport` and `--ctorigsrcport`.</summary>
    public sealed record OriginalPort(SetDirection Side, PortRange Range, bool Negated = false) : RuleMatch;

    /// <summary>`-m conntrack --ctdir`.</summary>
    public sealed record Direction(bool Reply) : RuleMatch;

    /// <summary>`-m mark --mark value/mask`.</summary>
    public sealed record Mark(uint Value, uint Mask = uint.MaxValue, bool Negated = false) : RuleMatch;

    /// <summary>`-m connmark --mark value/mask`.</summary>
    public sealed record ConnectionMark(uint Value, uint Mask = uint.MaxValue, bool Negated = false) : RuleMatch;

    /// <summary>`-m set --match-set name src,dst`.</summary>
    public sealed record Set(string Name, ImmutableArray<SetDirection> Directions, bool Negated = false) : RuleMatch;

    /// <summary>`-m addrtype`; the limits ask about addresses of the input or output device only.</summary>
    public sealed record AddressType(
        AddressTypes SourceTypes = AddressTypes.None,
        AddressTypes DestinationTypes = AddressTypes.None,
        bool SourceNegated = false,
        bool DestinationNegated = false,
        bool LimitToInput = false,
        bool LimitToOutput = false) : RuleMatch;

    /// <summary>`-m limit`: a bucket of <paramref name="Burst"/> that gains <paramref name="Count"/> per <paramref name="PerSeconds"/>.</summary>
    public sealed record Limit(int Count, int PerSeconds, int Burst = 5) : RuleMatch;

    /// <summary>`-m statistic --mode random`: the probability in units of 2^-31, as the kernel keeps it.</summary>
    public sealed record Chance(uint Probability, bool Negated = false) : RuleMatch;

    /// <summary>`-m statistic --mode nth`: one in <paramref name="Every"/>, from <paramref name="Packet"/> on.</summary>
    public sealed record Nth(uint Every, uint Packet = 0, bool Negated = false) : RuleMatch;

    /// <summary>`-m name` without any option: matches always.</summary>
    public sealed record Module(string Name) : RuleMatch;

    /// <summary>`-m comment`: matches always.</summary>
    public sealed record Comment(string Text) : RuleMatch;

    /// <summary>`-m rpfilter`: the way back to the source leads out of the device that the packet came in by.</summary>
    public sealed record ReversePath(bool Loose = false, bool ValidMark = false, bool AcceptLocal = false, bool Invert = false)
        : RuleMatch;

    /// <summary>`-m mac --mac-source`.</summary>
    public sealed record Mac(MacAddress Address, bool Negated = false) : RuleMatch;

    /// <summary>`-m length`: of the IP packet.</summary>
    public sealed record Length(ushort First, ushort Last, bool Negated = false) : RuleMatch;

    /// <summary>`-m ttl` and `-m hl`.</summary>
    public sealed record Ttl(ComparisonOperator Operator, byte Value) : RuleMatch;

    /// <summary>
    /// `-m recent`: notes or looks for an address in a list; with <paramref name="Reaps"/> what is older is forgotten, which a
    /// look with <paramref name="Seconds"/> never sees anyway.
    /// </summary>
    public sealed record Recent(
        string Name,
        RecentAction Action,
        long Seconds = 0,
        int Hits = 0,
        bool SameTtl = false,
        bool ByDestination = false,
        bool Reaps = false,
        bool Negated = false) : RuleMatch;
}
