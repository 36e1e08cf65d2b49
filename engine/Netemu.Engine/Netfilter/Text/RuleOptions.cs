using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>
/// The long options that a rule may have, by what brings them: iptables itself, a match that was opened, the target of -j
/// (extensions/libxt_*.c, libipt_*.c). getopt_long takes a beginning that fits one of them only: `--to` is DNAT's `--to-destination`.
/// </summary>
internal static class RuleOptions
{
    /// <summary>Those of iptables itself (original_opts of iptables/xtables.c).</summary>
    private static readonly ImmutableArray<string> Own =
    [
        "--append", "--delete", "--check", "--insert", "--replace", "--list", "--list-rules", "--flush", "--zero", "--new-chain",
        "--delete-chain", "--rename-chain", "--policy", "--source", "--destination", "--src", "--dst", "--protocol", "--in-interface",
        "--jump", "--table", "--match", "--numeric", "--out-interface", "--verbose", "--wait", "--wait-interval", "--exact",
        "--version", "--help", "--line-numbers", "--modprobe", "--set-counters", "--goto", "--ipv4", "--ipv6", "--fragments",
    ];

    private static readonly ImmutableArray<string> MarkValues = ["--set-xmark", "--set-mark", "--and-mark", "--or-mark", "--xor-mark"];

    private static readonly ImmutableArray<string> Ports = ["--source-port", "--sport", "--destination-port", "--dport"];

    /// <summary>The options of a target; none for a chain.</summary>
    public static ImmutableArray<string> OfTarget(string? target) => target switch
    {
        "DNAT" => ["--to-destination", "--random", "--persistent"],
        "SNAT" => ["--to-source", "--random", "--random-fully", "--persistent"],
        "MASQUERADE" => ["--to-ports", "--random", "--random-fully"],
        "REDIRECT" => ["--to-ports", "--random"],
        "NETMAP" => ["--to"],
        "REJECT" => ["--reject-with"],
        "LOG" => ["--log-level", "--log-prefix", "--log-tcp-sequence", "--log-tcp-options", "--log-ip-options", "--log-uid", "--log-macdecode"],
        "NFLOG" => ["--nflog-group", "--nflog-prefix", "--nflog-range", "--nflog-size", "--nflog-threshold"],
        "MARK" => MarkValues,
        "CONNMARK" => [.. MarkValues, "--save-mark", "--restore-mark", "--ctmask", "--nfmask", "--mask"],
        "TCPMSS" => ["--set-mss", "--clamp-mss-to-pmtu"],
        "CT" => ["--notrack", "--helper", "--ctevents", "--expevents", "--zone", "--timeout", "--zone-orig", "--zone-reply"],
        _ => [],
    };

    /// <summary>
    /// The option that <paramref name="word"/> stands for where these matches are open and this is the target: itself, or the only one
    /// that begins like it; else the word as it is, which nothing knows then.
    /// </summary>
    public static string Expand(string word, IEnumerable<string> modules, string? target)
    {
        ImmutableArray<string> known = [.. Own, .. modules.SelectMany(module => OfModule(module)), .. OfTarget(target)];
        if (known.Contains(word, StringComparer.Ordinal))
        {
            return word;
        }

        string[] fitting = [.. known.Where(option => option.StartsWith(word, StringComparison.Ordinal)).Distinct()];
        return fitting.Length == 1 ? fitting[0] : word;
    }

    private static ImmutableArray<string> OfModule(string module) => module switch
    {
        "tcp" => [.. Ports, "--syn", "--tcp-flags", "--tcp-option"],
        "udp" or "udplite" => Ports,
        "sctp" => [.. Ports, "--chunk-types"],
        "icmp" => ["--icmp-type"],
        "icmp6" or "icmpv6" or "ipv6-icmp" => ["--icmpv6-type"],
        "multiport" => ["--source-ports", "--sports", "--destination-ports", "--dports", "--ports"],
        "conntrack" =>
        [
            "--ctstate", "--ctproto", "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst", "--ctstatus", "--ctexpire",
            "--ctorigsrcport", "--ctorigdstport", "--ctreplsrcport", "--ctrepldstport", "--ctdir",
        ],
        "state" => ["--state"],
        "mark" or "connmark" => ["--mark"],
        "set" => ["--match-set", "--return-nomatch", "--update-counters", "--update-subcounters", "--packets-eq", "--packets-lt", "--packets-gt", "--bytes-eq", "--bytes-lt", "--bytes-gt"],
        "comment" => ["--comment"],
        "limit" => ["--limit", "--limit-burst"],
        "statistic" => ["--mode", "--probability", "--every", "--packet"],
        "addrtype" => ["--src-type", "--dst-type", "--limit-iface-in", "--limit-iface-out"],
        "iprange" => ["--src-range", "--dst-range"],
        "mac" => ["--mac-source"],
        "length" => ["--length"],
        "ttl" => ["--ttl-lt", "--ttl-gt", "--ttl-eq"],
        "hl" => ["--hl-lt", "--hl-gt", "--hl-eq"],
        "pkttype" => ["--pkt-type"],
        "physdev" => ["--physdev-in", "--physdev-out", "--physdev-is-in", "--physdev-is-out", "--physdev-is-bridged"],
        "recent" =>
        [
            "--set", "--rcheck", "--update", "--remove", "--seconds", "--reap", "--hitcount", "--rttl", "--name", "--rsource", "--rdest", "--mask",
        ],
        "rpfilter" => ["--loose", "--validmark", "--accept-local", "--invert"],
        "dscp" => ["--dscp", "--dscp-class"],
        "tos" => ["--tos"],
        "connlimit" => ["--connlimit-upto", "--connlimit-above", "--connlimit-mask", "--connlimit-saddr", "--connlimit-daddr"],
        "hashlimit" =>
        [
            "--hashlimit-upto", "--hashlimit-above", "--hashlimit", "--hashlimit-srcmask", "--hashlimit-dstmask", "--hashlimit-burst",
            "--hashlimit-htable-size", "--hashlimit-htable-max", "--hashlimit-htable-expire", "--hashlimit-htable-gcinterval",
            "--hashlimit-mode", "--hashlimit-name", "--hashlimit-rate-match", "--hashlimit-rate-interval",
        ],
        "string" => ["--from", "--to", "--algo", "--string", "--hex-string", "--icase"],
        _ => [],
    };
}
