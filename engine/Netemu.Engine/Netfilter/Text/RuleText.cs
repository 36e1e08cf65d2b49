using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>A rule as iptables-save and `iptables -S` write it, without `-A chain`.</summary>
public static class RuleText
{
    private const string Unquoted = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The options of a rule, each with a blank before it; the counters, if any, stand before its target.</summary>
    public static string Write(Rule rule, AddressFamily family, string counters = "")
    {
        StringBuilder text = new();
        foreach (RuleMatch match in rule.Matches.Where(IsBasic).OrderBy(Place))
        {
            WriteBasic(text, match);
        }

        IPProtocol protocol = rule.Matches.OfType<RuleMatch.Protocol>().FirstOrDefault()?.Number ?? default;
        string? module = null;
        HashSet<(Type Option, object? Side)> options = [];
        foreach (RuleMatch match in rule.Matches.Where(m => !IsBasic(m)))
        {
            // Options of one extension stand behind one -m, unless one comes twice.
            string name = ModuleOf(match, protocol, family);
            if (name != module || !options.Add(OptionOf(match)) || match is RuleMatch.Set or RuleMatch.Module)
            {
                text.Append($" -m {name}");
                module = name;
                options = [OptionOf(match)];
            }

            WriteMatch(text, match, family);
        }

        text.Append(counters);
        if (rule.Target is not null)
        {
            text.Append(WriteTarget(rule.Target, family));
        }

        return text.ToString();
    }

    /// <summary>xtables_save_string: quotes where a shell or parser would need them.</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text.All(c => Unquoted.Contains(c, StringComparison.Ordinal)))
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\' or '\'')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    internal static bool IsBasic(RuleMatch match) => Place(match) >= 0;

    internal static string Ports(ImmutableArray<PortRange> ports) => string.Join(',', ports);

    /// <summary>The range as DNAT and SNAT write it: addresses, a colon, ports.</summary>
    internal static string Range(in NatRange range)
    {
        StringBuilder text = new();
        bool brackets = range.First.IsIPv6 && range.Ports is not null;
        if (!range.First.IsNone)
        {
            text.Append(brackets ? $"[{range.First}" : $"{range.First}");
            if (!range.Last.IsNone && range.Last != range.First)
            {
                text.Append($"-{range.Last}");
            }

            text.Append(brackets ? "]" : string.Empty);
        }

        if (range.Ports is PortRange ports)
        {
            text.Append($":{PortsOf(ports)}");
        }

        return text.ToString();
    }

    /// <summary>Ports of a binding, with a dash.</summary>
    internal static string PortsOf(PortRange ports) => ports.First == ports.Last ? $"{ports.First}" : $"{ports.First}-{ports.Last}";

    /// <summary>A rate in the largest unit that leaves a whole number (print_rate).</summary>
    internal static string Rate(RuleMatch.Limit limit) => limit.PerSeconds switch
    {
        1 => $"{limit.Count}/sec",
        60 => $"{limit.Count}/min",
        3600 => $"{limit.Count}/hour",
        _ => $"{limit.Count}/day",
    };

    /// <summary>A probability with eleven digits, rounded as printf does; integers only.</summary>
    internal static string Probability(uint value)
    {
        // value / 2^31 in units of 10^-11, halves up.
        UInt128 scaled = (((UInt128)value * 100_000_000_000) + (1u << 30)) >> 31;
        return string.Create(CultureInfo.InvariantCulture, $"{(ulong)(scaled / 100_000_000_000)}.{(ulong)(scaled % 100_000_000_000):d11}");
    }

    internal static string Reject(RejectType type, AddressFamily family)
    {
        foreach ((string name, RejectType candidate) in RuleKeywords.Rejects(family))
        {
            if (candidate == type)
            {
                return name;
            }
        }

        return "icmp-port-unreachable";
    }

    private static int Place(RuleMatch match) => match switch
    {
        RuleMatch.Source => 0,
        RuleMatch.Destination => 1,
        RuleMatch.Input => 2,
        RuleMatch.Output => 3,
        RuleMatch.Protocol => 4,
        RuleMatch.Fragment => 5,
        _ => -1,
    };

    /// <summary>Matches with one non-zero number are options of one extension: 1 conntrack, 2 tcp, udp and sctp.</summary>
    internal static int OptionGroup(RuleMatch match) => OptionPlace(match) / 100;

    /// <summary>The group, and the place of an option there (conntrack_save, tcp_save).</summary>
    internal static int OptionPlace(RuleMatch match) => match switch
    {
        RuleMatch.State { OldName: false } => 100,
        RuleMatch.ConnectionProtocol => 101,
        RuleMatch.OriginalAddress original => 102 + (int)original.Side,
        RuleMatch.ReplyAddress reply => 104 + (int)reply.Side,
        RuleMatch.OriginalPort original => 106 + (int)original.Side,
        RuleMatch.ReplyPort reply => 108 + (int)reply.Side,
        RuleMatch.Status => 110,
        RuleMatch.Expiry => 111,
        RuleMatch.Direction => 112,
        RuleMatch.SourcePort => 200,
        RuleMatch.DestinationPort => 201,
        RuleMatch.TcpOption => 202,
        RuleMatch.Tcp or RuleMatch.SctpChunks => 203,
        _ => 0,
    };

    internal static string Not(bool negated) => negated ? " !" : string.Empty;

    private static void WriteBasic(StringBuilder text, RuleMatch match)
    {
        switch (match)
        {
            case RuleMatch.Source { Prefix.Length: 0, Negated: false } or RuleMatch.Destination { Prefix.Length: 0, Negated: false }:
                break;
            case RuleMatch.Source source:
                text.Append($"{Not(source.Negated)} -s {source.Prefix}");
                break;
            case RuleMatch.Destination destination:
                text.Append($"{Not(destination.Negated)} -d {destination.Prefix}");
                break;
            case RuleMatch.Input input:
                text.Append($"{Not(input.Negated)} -i {input.Name}");
                break;
            case RuleMatch.Output output:
                text.Append($"{Not(output.Negated)} -o {output.Name}");
                break;
            case RuleMatch.Protocol protocol:
                text.Append($"{Not(protocol.Negated)} -p {ProtocolNames.Text(protocol.Number)}");
                break;
            case RuleMatch.Fragment fragment:
                text.Append($"{Not(fragment.Negated)} -f");
                break;
        }
    }

    private static string ModuleOf(RuleMatch match, IPProtocol protocol, AddressFamily family) => match switch
    {
        RuleMatch.SourcePort or RuleMatch.DestinationPort => ProtocolNames.Text(protocol),
        RuleMatch.Tcp => "tcp",
        RuleMatch.Multiport => "multiport",
        RuleMatch.Icmp => family == AddressFamily.IPv4 ? "icmp" : "icmp6",
        RuleMatch.State { OldName: true } => "state",
        RuleMatch.State or RuleMatch.OriginalAddress or RuleMatch.OriginalPort or RuleMatch.Direction => "conntrack",
        RuleMatch.ConnectionProtocol or RuleMatch.ReplyAddress or RuleMatch.ReplyPort or RuleMatch.Status or RuleMatch.Expiry => "conntrack",
        RuleMatch.Mark => "mark",
        RuleMatch.ConnectionMark => "connmark",
        RuleMatch.Set => "set",
        RuleMatch.AddressType => "addrtype",
        RuleMatch.Limit => "limit",
        RuleMatch.Chance or RuleMatch.Nth => "statistic",
        RuleMatch.Comment => "comment",
        RuleMatch.ReversePath => "rpfilter",
        RuleMatch.Mac => "mac",
        RuleMatch.Length => "length",
        RuleMatch.Ttl => family == AddressFamily.IPv4 ? "ttl" : "hl",
        RuleMatch.PhysicalDevice => "physdev",
        RuleMatch.TcpOption => "tcp",
        RuleMatch.SctpChunks => "sctp",
        RuleMatch.AddressRange => "iprange",
        RuleMatch.LinkType => "pkttype",
        RuleMatch.Recent => "recent",
        RuleMatch.Dscp => "dscp",
        RuleMatch.TypeOfService => "tos",
        RuleMatch.ConnectionLimit => "connlimit",
        RuleMatch.HashLimit => "hashlimit",
        RuleMatch.StringPattern => "string",
        RuleMatch.Module module => module.Name,
        _ => string.Empty,
    };

    /// <summary>What may stand behind one -m once: an option of its own for each side.</summary>
    private static (Type Option, object? Side) OptionOf(RuleMatch match) => (match.GetType(), match switch
    {
        RuleMatch.OriginalAddress original => original.Side,
        RuleMatch.OriginalPort original => original.Side,
        RuleMatch.ReplyAddress reply => reply.Side,
        RuleMatch.ReplyPort reply => reply.Side,
        RuleMatch.AddressRange range => range.Side,
        _ => null,
    });

    private static void WriteMatch(StringBuilder text, RuleMatch match, AddressFamily family)
    {
        switch (match)
        {
            case RuleMatch.SourcePort port:
                text.Append($"{Not(port.Negated)} --sport {port.Range}");
                break;
            case RuleMatch.DestinationPort port:
                text.Append($"{Not(port.Negated)} --dport {port.Range}");
                break;
            case RuleMatch.Tcp tcp:
                text.Append($"{Not(tcp.Negated)} --tcp-flags {RuleKeywords.Flags(tcp.Mask)} {RuleKeywords.Flags(tcp.Compare)}");
                break;
            case RuleMatch.Multiport ports:
                string side = ports.Side switch { PortSide.Source => "sports", PortSide.Destination => "dports", _ => "ports" };
                text.Append($"{Not(ports.Negated)} --{side} {Ports(ports.Ports)}");
                break;
            case RuleMatch.Icmp icmp:
                string type = icmp.Type == 255 ? "any" : $"{icmp.Type}";
                string code = icmp.Code is byte number ? $"/{number}" : string.Empty;
                text.Append($"{Not(icmp.Negated)} --{(family == AddressFamily.IPv4 ? "icmp" : "icmpv6")}-type {type}{code}");
                break;
            case RuleMatch.State state:
                text.Append($"{Not(state.Negated)} --{(state.OldName ? "state" : "ctstate")} {RuleKeywords.States(state.States)}");
                break;
            case RuleMatch.OriginalAddress original:
                bool host = original.Prefix.IsHost;
                string prefix = host ? $"{original.Prefix.Address}" : $"{original.Prefix}";
                text.Append($"{Not(original.Negated)} --ctorig{(original.Side == SetDirection.Source ? "src" : "dst")} {prefix}");
                break;
            case RuleMatch.OriginalPort original:
                text.Append($"{Not(original.Negated)} --ctorig{(original.Side == SetDirection.Source ? "src" : "dst")}port {original.Range}");
                break;
            case RuleMatch.Direction direction:
                text.Append($" --ctdir {(direction.Reply ? "REPLY" : "ORIGINAL")}");
                break;
            case RuleMatch.Mark mark:
                text.Append($"{Not(mark.Negated)} --mark {Mark(mark.Value, mark.Mask)}");
                break;
            case RuleMatch.ConnectionMark mark:
                text.Append($"{Not(mark.Negated)} --mark {Mark(mark.Value, mark.Mask)}");
                break;
            case RuleMatch.Set set:
                text.Append($"{Not(set.Negated)} --match-set {set.Name} {Directions(set.Directions)}");
                break;
            case RuleMatch.Limit limit:
                text.Append($" --limit {Rate(limit)}");
                text.Append(limit.Burst == 5 ? string.Empty : $" --limit-burst {limit.Burst}");
                break;
            case RuleMatch.Chance chance:
                text.Append($" --mode random{Not(chance.Negated)} --probability {Probability(chance.Probability)}");
                break;
            case RuleMatch.Nth nth:
                text.Append($" --mode nth{Not(nth.Negated)} --every {nth.Every} --packet {nth.Packet}");
                break;
            case RuleMatch.Comment comment:
                text.Append($" --comment {Quote(comment.Text)}");
                break;
            default:
                WriteRest(text, match, family);
                break;
        }
    }

    private static void WriteRest(StringBuilder text, RuleMatch match, AddressFamily family)
    {
        switch (match)
        {
            case RuleMatch.AddressType type:
                text.Append(type.SourceTypes == 0 ? string.Empty : $"{Not(type.SourceNegated)} --src-type {RuleKeywords.Types(type.SourceTypes)}");
                text.Append(type.DestinationTypes == 0
                    ? string.Empty
                    : $"{Not(type.DestinationNegated)} --dst-type {RuleKeywords.Types(type.DestinationTypes)}");
                text.Append(type.LimitToInput ? " --limit-iface-in" : string.Empty);
                text.Append(type.LimitToOutput ? " --limit-iface-out" : string.Empty);
                break;
            case RuleMatch.ReversePath path:
                text.Append(path.Loose ? " --loose" : string.Empty);
                text.Append(path.ValidMark ? " --validmark" : string.Empty);
                text.Append(path.AcceptLocal ? " --accept-local" : string.Empty);
                text.Append(path.Invert ? " --invert" : string.Empty);
                break;
            case RuleMatch.Mac mac:
                text.Append($"{Not(mac.Negated)} --mac-source {mac.Address}");
                break;
            case RuleMatch.Length length:
                text.Append($"{Not(length.Negated)} --length {new PortRange(length.First, length.Last)}");
                break;
            case RuleMatch.Ttl ttl:
                string word = ttl.Operator switch { ComparisonOperator.Less => "lt", ComparisonOperator.Greater => "gt", _ => "eq" };
                text.Append($"{Not(ttl.Operator == ComparisonOperator.NotEqual)} --{(family == AddressFamily.IPv4 ? "ttl" : "hl")}-{word} {ttl.Value}");
                break;
            case RuleMatch.Recent recent:
                string action = recent.Action switch
                {
                    RecentAction.Set => "set",
                    RecentAction.Update => "update",
                    RecentAction.Remove => "remove",
                    _ => "rcheck",
                };
                text.Append($"{Not(recent.Negated)} --{action}");
                text.Append(recent.Seconds == 0 ? string.Empty : $" --seconds {recent.Seconds}");
                text.Append(recent.Reaps ? " --reap" : string.Empty);
                text.Append(recent.Hits == 0 ? string.Empty : $" --hitcount {recent.Hits}");
                text.Append(recent.SameTtl ? " --rttl" : string.Empty);
                string mask = family == AddressFamily.IPv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
                text.Append($" --name {recent.Name} --mask {mask} --r{(recent.ByDestination ? "dest" : "source")}");
                break;
            default:
                RuleExtensionText.Write(text, match, family);
                break;
        }
    }

    /// <summary>A target with its options, without `-j`.</summary>
    internal static string TargetText(RuleTarget target, AddressFamily family) => WriteTarget(target, family)[" -j ".Length..];

    private static string WriteTarget(RuleTarget target, AddressFamily family) => target switch
    {
        RuleTarget.Accept => " -j ACCEPT",
        RuleTarget.Drop => " -j DROP",
        RuleTarget.Return => " -j RETURN",
        RuleTarget.Jump jump => $" -j {jump.Chain}",
        RuleTarget.Goto jump => $" -g {jump.Chain}",
        RuleTarget.Reject reject => $" -j REJECT --reject-with {Reject(reject.Type, family)}",
        RuleTarget.Log log => " -j LOG" + (log.Prefix.Length == 0 ? string.Empty : $" --log-prefix {Quote(log.Prefix)}")
            + (log.Level == 4 ? string.Empty : $" --log-level {log.Level}") + RuleExtensionText.Fields(log.Fields),
        RuleTarget.NfLog log => " -j NFLOG" + (log.Prefix.Length == 0 ? string.Empty : $" --nflog-prefix {Quote(log.Prefix)}")
            + (log.Group == 0 ? string.Empty : $" --nflog-group {log.Group}")
            + (log.Size == 0 ? string.Empty : $" --nflog-size {log.Size}")
            + (log.Threshold == 0 ? string.Empty : $" --nflog-threshold {log.Threshold}"),
        RuleTarget.Mark mark => $" -j MARK --set-xmark 0x{mark.Value:x}/0x{mark.Mask:x}",
        RuleTarget.ConnectionMark mark => $" -j CONNMARK --set-xmark 0x{mark.Value:x}/0x{mark.Mask:x}",
        RuleTarget.SaveMark mark => $" -j CONNMARK --save-mark --nfmask 0x{mark.PacketMask:x} --ctmask 0x{mark.ConnectionMask:x}",
        RuleTarget.RestoreMark mark => $" -j CONNMARK --restore-mark --nfmask 0x{mark.PacketMask:x} --ctmask 0x{mark.ConnectionMask:x}",
        RuleTarget.NoTrack { OldName: true } => " -j NOTRACK",
        RuleTarget.NoTrack => " -j CT --notrack",
        RuleTarget.Dnat nat => $" -j DNAT --to-destination {Range(nat.Range)}{Options(nat.Range)}",
        RuleTarget.Snat nat => $" -j SNAT --to-source {Range(nat.Range)}{Options(nat.Range)}",
        RuleTarget.Masquerade nat => $" -j MASQUERADE{ToPorts(nat.Range)}{Options(nat.Range)}",
        RuleTarget.Redirect nat => $" -j REDIRECT{ToPorts(nat.Range)}{Options(nat.Range)}",
        RuleTarget.NetMap map => $" -j NETMAP --to {map.Prefix}",
        RuleTarget.TcpMss { Value: 0 } => " -j TCPMSS --clamp-mss-to-pmtu",
        RuleTarget.TcpMss mss => $" -j TCPMSS --set-mss {mss.Value}",
        _ => string.Empty,
    };

    private static string ToPorts(in NatRange range) => range.Ports is PortRange ports ? $" --to-ports {PortsOf(ports)}" : string.Empty;

    private static string Options(in NatRange range) => (range.Random ? " --random" : string.Empty)
        + (range.RandomFully ? " --random-fully" : string.Empty) + (range.Persistent ? " --persistent" : string.Empty);

    internal static string Mark(uint value, uint mask) => mask == uint.MaxValue ? $"0x{value:x}" : $"0x{value:x}/0x{mask:x}";

    internal static string Directions(ImmutableArray<SetDirection> directions) =>
        string.Join(',', directions.Select(d => d == SetDirection.Source ? "src" : "dst"));
}
