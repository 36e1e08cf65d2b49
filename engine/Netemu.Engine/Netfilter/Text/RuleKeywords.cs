using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>The words of iptables' options, each in the order in which iptables writes them.</summary>
internal static partial class RuleKeywords
{
    public static readonly ImmutableArray<(string Name, TcpFlags Flag)> TcpFlagNames =
    [
        ("FIN", TcpFlags.Fin), ("SYN", TcpFlags.Syn), ("RST", TcpFlags.Rst), ("PSH", TcpFlags.Psh), ("ACK", TcpFlags.Ack),
        ("URG", TcpFlags.Urg),
    ];

    public static readonly ImmutableArray<(string Name, ConnectionStates State)> StateNames =
    [
        ("INVALID", ConnectionStates.Invalid), ("NEW", ConnectionStates.New), ("RELATED", ConnectionStates.Related),
        ("ESTABLISHED", ConnectionStates.Established), ("UNTRACKED", ConnectionStates.Untracked),
        ("SNAT", ConnectionStates.SourceTranslated), ("DNAT", ConnectionStates.DestinationTranslated),
    ];

    public static readonly ImmutableArray<(string Name, AddressTypes Type)> AddressTypeNames =
    [
        ("UNSPEC", AddressTypes.Unspecified), ("UNICAST", AddressTypes.Unicast), ("LOCAL", AddressTypes.Local),
        ("BROADCAST", AddressTypes.Broadcast), ("ANYCAST", AddressTypes.Anycast), ("MULTICAST", AddressTypes.Multicast),
        ("BLACKHOLE", AddressTypes.Blackhole), ("UNREACHABLE", AddressTypes.Unreachable), ("PROHIBIT", AddressTypes.Prohibit),
    ];

    /// <summary>Units of a rate in seconds; a beginning of the word is enough.</summary>
    public static readonly ImmutableArray<(string Name, int Seconds)> RateUnits =
        [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)];

    /// <summary>What hashlimit keeps apart, as iptables writes it.</summary>
    public static readonly ImmutableArray<(string Name, HashLimitModes Value)> HashModes =
    [
        ("srcip", HashLimitModes.SourceAddress), ("srcport", HashLimitModes.SourcePort), ("dstip", HashLimitModes.DestinationAddress),
        ("dstport", HashLimitModes.DestinationPort),
    ];

    private static readonly ImmutableArray<(string Name, RejectType Type)> RejectNames =
    [
        ("icmp-net-unreachable", RejectType.NetUnreachable), ("icmp-host-unreachable", RejectType.HostUnreachable),
        ("icmp-proto-unreachable", RejectType.ProtocolUnreachable), ("icmp-port-unreachable", RejectType.PortUnreachable),
        ("icmp-net-prohibited", RejectType.NetProhibited), ("icmp-host-prohibited", RejectType.HostProhibited),
        ("tcp-reset", RejectType.TcpReset), ("icmp-admin-prohibited", RejectType.AdministrativelyProhibited),
    ];

    private static readonly ImmutableArray<(string Name, RejectType Type)> RejectNamesIPv6 =
    [
        ("icmp6-no-route", RejectType.NoRoute), ("icmp6-adm-prohibited", RejectType.AdministrativelyProhibited),
        ("icmp6-addr-unreachable", RejectType.AddressUnreachable), ("icmp6-port-unreachable", RejectType.PortUnreachable),
        ("icmp6-policy-fail", RejectType.PolicyFail), ("icmp6-reject-route", RejectType.RejectRoute),
        ("tcp-reset", RejectType.TcpReset),
    ];

    /// <summary>Types and codes in the order of libxt_icmp.h.</summary>
    private static readonly ImmutableArray<(string Name, byte Type, byte? Code)> IcmpNames =
    [
        ("any", 255, null), ("echo-reply", 0, null), ("pong", 0, null), ("destination-unreachable", 3, null),
        ("network-unreachable", 3, 0), ("host-unreachable", 3, 1), ("protocol-unreachable", 3, 2), ("port-unreachable", 3, 3),
        ("fragmentation-needed", 3, 4), ("source-route-failed", 3, 5), ("network-unknown", 3, 6), ("host-unknown", 3, 7),
        ("network-prohibited", 3, 9), ("host-prohibited", 3, 10), ("TOS-network-unreachable", 3, 11),
        ("TOS-host-unreachable", 3, 12), ("communication-prohibited", 3, 13), ("host-precedence-violation", 3, 14),
        ("precedence-cutoff", 3, 15), ("source-quench", 4, null), ("redirect", 5, null), ("network-redirect", 5, 0),
        ("host-redirect", 5, 1), ("TOS-network-redirect", 5, 2), ("TOS-host-redirect", 5, 3), ("echo-request", 8, null),
        ("ping", 8, null), ("router-advertisement", 9, null), ("router-solicitation", 10, null), ("time-exceeded", 11, null),
        ("ttl-exceeded", 11, null), ("ttl-zero-during-transit", 11, 0), ("ttl-zero-during-reassembly", 11, 1),
        ("parameter-problem", 12, null), ("ip-header-bad", 12, 0), ("required-option-missing", 12, 1),
        ("timestamp-request", 13, null), ("timestamp-reply", 14, null), ("address-mask-request", 17, null),
        ("address-mask-reply", 18, null),
    ];

    private static readonly ImmutableArray<(string Name, byte Type, byte? Code)> Icmpv6Names =
    [
        ("destination-unreachable", 1, null), ("no-route", 1, 0), ("communication-prohibited", 1, 1), ("beyond-scope", 1, 2),
        ("address-unreachable", 1, 3), ("port-unreachable", 1, 4), ("failed-policy", 1, 5), ("reject-route", 1, 6),
        ("packet-too-big", 2, null), ("time-exceeded", 3, null), ("ttl-exceeded", 3, null), ("ttl-zero-during-transit", 3, 0),
        ("ttl-zero-during-reassembly", 3, 1), ("parameter-problem", 4, null), ("bad-header", 4, 0), ("unknown-header-type", 4, 1),
        ("unknown-option", 4, 2), ("echo-request", 128, null), ("ping", 128, null), ("echo-reply", 129, null),
        ("pong", 129, null), ("router-solicitation", 133, null), ("router-advertisement", 134, null),
        ("neighbour-solicitation", 135, null), ("neighbor-solicitation", 135, null), ("neighbour-advertisement", 136, null),
        ("neighbor-advertisement", 136, null), ("redirect", 137, null),
    ];

    public static ImmutableArray<(string Name, RejectType Type)> Rejects(AddressFamily family) =>
        family == AddressFamily.IPv4 ? RejectNames : RejectNamesIPv6;

    public static ImmutableArray<(string Name, byte Type, byte? Code)> Icmp(AddressFamily family) =>
        family == AddressFamily.IPv4 ? IcmpNames : Icmpv6Names;

    public static string Flags(TcpFlags flags) => Join(TcpFlagNames, flag => (flags & flag) != 0, "NONE");

    public static string States(ConnectionStates states) => Join(StateNames, state => (states & state) != 0, string.Empty);

    public static string Types(AddressTypes types) => Join(AddressTypeNames, type => (types & type) != 0, string.Empty);

    /// <summary>Reads a list with commas; false with an unknown word.</summary>
    public static bool TryFind<T>(ImmutableArray<(string Name, T Value)> names, string word, out T value)
    {
        foreach ((string name, T candidate) in names)
        {
            if (string.Equals(name, word, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default!;
        return false;
    }

    private static string Join<T>(ImmutableArray<(string Name, T Value)> names, Func<T, bool> holds, string none)
    {
        List<string> words = [];
        foreach ((string name, T value) in names)
        {
            if (holds(value))
            {
                words.Add(name);
            }
        }

        return words.Count == 0 ? none : string.Join(',', words);
    }
}
