using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The last column of `iptables -L`, with names or, as with -n, numbers: matches and target options in the words of their extensions.</summary>
internal static class RuleDescription
{
    private static readonly ImmutableArray<string> LevelNames = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

    /// <summary>Each part with a blank before it.</summary>
    public static string Write(Rule rule, AddressFamily family, bool names = false)
    {
        StringBuilder text = new();
        IPProtocol protocol = rule.Matches.OfType<RuleMatch.Protocol>().FirstOrDefault()?.Number ?? default;
        Type? last = null;
        foreach (RuleMatch match in rule.Matches.Where(m => !RuleText.IsBasic(m)))
        {
            bool transport = match is RuleMatch.SourcePort or RuleMatch.DestinationPort or RuleMatch.Tcp or RuleMatch.TcpOption;
            if (transport && last != typeof(RuleMatch.SourcePort))
            {
                text.Append($" {ProtocolNames.Text(protocol)}");
            }

            last = transport ? typeof(RuleMatch.SourcePort) : match.GetType();
            text.Append((names ? Named(match, protocol, family) : null) ?? Describe(match, family));
        }

        return text.Append(rule.Target is RuleTarget.Log log && names ? Named(log) : Describe(rule.Target, family)).ToString();
    }

    /// <summary>What reads otherwise without -n; null for the rest.</summary>
    private static string? Named(RuleMatch match, IPProtocol protocol, AddressFamily family) => match switch
    {
        RuleMatch.SourcePort port => $" {Ports("spt", port.Range, port.Negated, protocol)}",
        RuleMatch.DestinationPort port => $" {Ports("dpt", port.Range, port.Negated, protocol)}",
        RuleMatch.Tcp tcp => $" flags:{Bang(tcp.Negated)}{RuleKeywords.Flags(tcp.Mask)}/{RuleKeywords.Flags(tcp.Compare)}",
        RuleMatch.Multiport ports => Multiport(
            ports, string.Join(',', ports.Ports.Select(p => p.First == p.Last ? PortNames.Of(p.First, protocol) : $"{p}"))),
        RuleMatch.Icmp icmp when RuleKeywords.Icmp(family).FirstOrDefault(n => n.Type == icmp.Type && n.Code == icmp.Code).Name is { } name =>
            $" {(family == AddressFamily.IPv4 ? "icmp" : "ipv6-icmp")} {Bang(icmp.Negated)}{name}",
        _ => null,
    };

    private static string Named(RuleTarget.Log log) =>
        $" LOG level {LevelNames[log.Level]}{RuleExtensionText.Fields(log.Fields).Replace(" --log-", " ", StringComparison.Ordinal)}"
        + (log.Prefix.Length > 0 ? $" prefix \"{log.Prefix}\"" : string.Empty);

    private static string Ports(string name, PortRange range, bool negated, IPProtocol protocol) => range.First == range.Last
        ? $"{name}:{Bang(negated)}{PortNames.Of(range.First, protocol)}"
        : $"{name}s:{Bang(negated)}{PortNames.Of(range.First, protocol)}:{PortNames.Of(range.Last, protocol)}";

    private static string Multiport(RuleMatch.Multiport ports, string list) => $" multiport {ports.Side switch
    {
        PortSide.Source => "sports",
        PortSide.Destination => "dports",
        _ => "ports",
    }} {(ports.Negated ? " !" : string.Empty)}{list}";

    private static string Bang(bool negated) => negated ? "!" : string.Empty;

    private static string BangBlank(bool negated) => negated ? "! " : string.Empty;

    private static string Describe(RuleMatch match, AddressFamily family) => match switch
    {
        RuleMatch.SourcePort port => $" {Ports("spt", port.Range, port.Negated)}",
        RuleMatch.DestinationPort port => $" {Ports("dpt", port.Range, port.Negated)}",
        RuleMatch.Tcp tcp => $" flags:{Bang(tcp.Negated)}0x{(byte)tcp.Mask:X2}/0x{(byte)tcp.Compare:X2}",
        RuleMatch.Multiport ports => Multiport(ports, RuleText.Ports(ports.Ports)),
        RuleMatch.Icmp icmp => $" {(family == AddressFamily.IPv4 ? "icmptype" : "ipv6-icmptype")} {Bang(icmp.Negated)}{icmp.Type}"
            + (icmp.Code is byte code ? $" code {code}" : string.Empty),
        RuleMatch.State state => $" {BangBlank(state.Negated)}{(state.OldName ? "state" : "ctstate")} {RuleKeywords.States(state.States)}",
        RuleMatch.OriginalAddress original =>
            $" {BangBlank(original.Negated)}ctorig{(original.Side == SetDirection.Source ? "src" : "dst")} {Address(original.Prefix)}",
        RuleMatch.OriginalPort original =>
            $" {BangBlank(original.Negated)}ctorig{(original.Side == SetDirection.Source ? "src" : "dst")}port {original.Range}",
        RuleMatch.Direction direction => $" ctdir {(direction.Reply ? "REPLY" : "ORIGINAL")}",
        RuleMatch.Mark mark => $" mark match {BangBlank(mark.Negated)}{RuleText.Mark(mark.Value, mark.Mask)}",
        RuleMatch.ConnectionMark mark => $" connmark match  {BangBlank(mark.Negated)}{RuleText.Mark(mark.Value, mark.Mask)}",
        RuleMatch.Set set => $" {BangBlank(set.Negated)}match-set {set.Name} {RuleText.Directions(set.Directions)}",
        RuleMatch.Limit limit => $" limit: avg {RuleText.Rate(limit)} burst {limit.Burst}",
        RuleMatch.Recent recent => $" {BangBlank(recent.Negated)}recent: {recent.Action.ToString().ToUpperInvariant()}"
            + (recent.Seconds > 0 ? $" seconds: {recent.Seconds}" : string.Empty) + (recent.Reaps ? " reap" : string.Empty)
            + (recent.Hits > 0 ? $" hit_count: {recent.Hits}" : string.Empty) + (recent.SameTtl ? " TTL-Match" : string.Empty)
            + $" name: {recent.Name} side: {(recent.ByDestination ? "dest" : "source")} mask: {(family == AddressFamily.IPv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}",
        RuleMatch.Chance chance => $" statistic mode random{(chance.Negated ? " !" : string.Empty)} probability {RuleText.Probability(chance.Probability)}",
        RuleMatch.Nth nth => $" statistic mode nth{(nth.Negated ? " !" : string.Empty)} every {nth.Every}"
            + (nth.Packet > 0 ? $" packet {nth.Packet}" : string.Empty),
        RuleMatch.Comment comment => $" /* {comment.Text} */",
        RuleMatch.Mac mac => $" MAC {BangBlank(mac.Negated)}{mac.Address}",
        RuleMatch.Length length => $" length {Bang(length.Negated)}{new PortRange(length.First, length.Last)}",
        RuleMatch.Ttl ttl => $" TTL match TTL {ttl.Operator switch
        {
            ComparisonOperator.Equal => "==",
            ComparisonOperator.NotEqual => "!=",
            ComparisonOperator.Less => "<",
            _ => ">",
        }} {ttl.Value}",
        RuleMatch.PhysicalDevice port => $" PHYSDEV match{RuleExtensionText.Describe(port, family)}",
        RuleMatch.TcpOption option => $" option={Bang(option.Negated)}{option.Number}",
        RuleMatch.Module module => $" {module.Name}",
        RuleMatch.AddressType type => " ADDRTYPE match"
            + (type.SourceTypes == 0 ? string.Empty : $" src-type {Bang(type.SourceNegated)}{RuleKeywords.Types(type.SourceTypes)}")
            + (type.DestinationTypes == 0 ? string.Empty : $" dst-type {Bang(type.DestinationNegated)}{RuleKeywords.Types(type.DestinationTypes)}")
            + (type.LimitToInput ? " limit-in" : string.Empty) + (type.LimitToOutput ? " limit-out" : string.Empty),
        RuleMatch.ReversePath path => " rpfilter" + (path.Loose ? " loose" : string.Empty) + (path.ValidMark ? " validmark" : string.Empty)
            + (path.AcceptLocal ? " accept-local" : string.Empty) + (path.Invert ? " invert" : string.Empty),
        _ => RuleExtensionText.Describe(match, family),
    };

    private static string Describe(RuleTarget? target, AddressFamily family) => target switch
    {
        RuleTarget.Reject reject => $" reject-with {RuleText.Reject(reject.Type, family)}",
        RuleTarget.Log log => $" LOG flags {(byte)log.Fields} level {log.Level}" + (log.Prefix.Length > 0 ? $" prefix \"{log.Prefix}\"" : string.Empty),
        RuleTarget.NfLog log => (log.Prefix.Length > 0 ? $" nflog-prefix {RuleText.Quote(log.Prefix)}" : string.Empty)
            + (log.Group > 0 ? $" nflog-group {log.Group}" : string.Empty) + (log.Size > 0 ? $" nflog-size {log.Size}" : string.Empty)
            + (log.Threshold > 0 ? $" nflog-threshold {log.Threshold}" : string.Empty),
        RuleTarget.Mark mark => $" MARK {SetMark(mark.Value, mark.Mask)}",
        RuleTarget.ConnectionMark mark => $" CONNMARK {SetMark(mark.Value, mark.Mask)}",
        RuleTarget.SaveMark mark => $" CONNMARK save{Masks(mark.PacketMask, mark.ConnectionMask)}",
        RuleTarget.RestoreMark mark => $" CONNMARK restore{Masks(mark.PacketMask, mark.ConnectionMask)}",
        RuleTarget.NoTrack { OldName: false } => " NOTRACK",
        RuleTarget.Dnat nat => $" to:{RuleText.Range(nat.Range)}{Options(nat.Range)}",
        RuleTarget.Snat nat => $" to:{RuleText.Range(nat.Range)}{Options(nat.Range)}",
        RuleTarget.Masquerade nat => (nat.Range.Ports is PortRange ports ? $" masq ports: {RuleText.PortsOf(ports)}" : string.Empty)
            + Options(nat.Range),
        RuleTarget.Redirect nat => (nat.Range.Ports is PortRange ports ? $" redir ports {RuleText.PortsOf(ports)}" : string.Empty)
            + Options(nat.Range),
        RuleTarget.NetMap map => $" to:{map.Prefix}",
        RuleTarget.TcpMss { Value: 0 } => " TCPMSS clamp to PMTU",
        RuleTarget.TcpMss mss => $" TCPMSS set {mss.Value}",
        _ => string.Empty,
    };

    private static string Ports(string name, PortRange range, bool negated) =>
        $"{(range.First == range.Last ? name : $"{name}s")}:{Bang(negated)}{range}";

    private static string Address(InternetPrefix prefix) =>
        prefix.IsHost ? $"{prefix.Address}" : $"{prefix}";

    /// <summary>The short word for what a value and mask do (mark_tg_print).</summary>
    private static string SetMark(uint value, uint mask) =>
        mask == 0 ? $"xor 0x{value:x}"
        : value == mask ? $"or 0x{value:x}"
        : value == 0 ? $"and 0x{~mask:x}"
        : mask == uint.MaxValue ? $"set 0x{value:x}"
        : $"xset 0x{value:x}/0x{mask:x}";

    private static string Masks(uint packet, uint connection) => packet == uint.MaxValue && connection == uint.MaxValue
        ? string.Empty
        : packet == connection ? $" mask 0x{packet:x}" : $" nfmask 0x{packet:x} ctmask 0x{connection:x}";

    private static string Options(in NatRange range) => (range.Random ? " random" : string.Empty)
        + (range.RandomFully ? " random-fully" : string.Empty) + (range.Persistent ? " persistent" : string.Empty);
}
