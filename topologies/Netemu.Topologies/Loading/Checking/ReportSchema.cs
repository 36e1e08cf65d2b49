using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Calico.Yaml;
using Netemu.Engine.Frames;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Routing;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Running.Probes;
using static Netemu.Topologies.Loading.Checking.ReportValue;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>What a step of each kind may report: the lists are those of the steps' executions, and a test runs each against its list.</summary>
internal static class ReportSchema
{
    private const string Lost = "lost: ";

    private static readonly ImmutableArray<string> s_reasons =
        [.. Enum.GetValues<DropReason>().Where(r => r is not (DropReason.None or DropReason.Count)).Select(r => r.ToString())];

    private static readonly ReportValue s_icmpName = Word("the name of an ICMP error", IcmpNames.All);

    /// <summary>The keys of an ICMP error, which most probes report beside their own.</summary>
    private static readonly ImmutableArray<ReportKey> s_icmp =
    [
        new("type", Number), new("code", Number), new("icmp", s_icmpName), new("from", Address), new("mtu", Number), new("gateway", Address),
    ];

    private static readonly ReportValue s_answers = Mappings(
    [
        new("outcome", Word("the outcome of one probe", ["reply", "icmp"])), new("ttl", Number), new("size", Number), new("time", Duration), .. s_icmp,
    ]);

    private static readonly ReportValue s_hops = Mappings([new("ttl", Number), new("from", List(Address)), new("times", List(Duration))]);

    private static readonly ReportValue s_path = List(Of(
        "the address of a hop, or *",
        static text => text == "*" ? null : Address.Read(text)));

    private static readonly ReportKey s_errno = new("errno", Error);

    private static readonly ImmutableArray<ReportKey> s_nextHop = [new("via", Address), new("dev", Text), new("weight", Number)];

    private static readonly ImmutableArray<ReportKey> s_bestPath =
    [
        new("via", Address), new("reason", Words<BestPathReason>("a reason for a best path")), new("as-path", Text), new("local-pref", Number),
        new("med", Number), new("weight", Number), new("origin", Words<Origin>("an origin")), new("stale", ReportValue.Boolean),
        new("communities", List(Text)), new("peer", Text),
    ];

    private static readonly ReportValue s_state = Word("a state of a BGP session", [.. WordsOf<BgpState>(), "no session", "no speaker"]);

    /// <summary>The keys that every step may report: the frames that were counted while it ran.</summary>
    public static ReportKey Frames { get; } = new("frames", Mappings(
        new ReportKey("device", Text), new ReportKey("direction", Word("'in' or 'out'", ["in", "out"])), new ReportKey("count", Number), new ReportKey("line", Text)));

    /// <summary>What a step of a kind may report; empty for a kind without a report.</summary>
    public static ImmutableArray<ReportKey> KeysOf(string kind) => kind switch
    {
        "ping" => [
            Outcome(kind), s_errno, new("sent", Number), new("received", Number), new("lost", Number), new("errors", Number), new("ttl", Number),
            new("rtt", Duration), new("rtt-avg", Duration), new("rtt-max", Duration), new("answers", s_answers), .. s_icmp,
        ],
        "traceroute" => [Outcome(kind), s_errno, new("hops", Number), new("path", s_path), new("answers", s_hops)],
        "udp" => [
            Outcome(kind), s_errno, new("sent", Number), new("count", Number), new("lost", Number), new("answers", s_answers),
            new("received", Mappings(new ReportKey("at", Text), new ReportKey("from", Address), new ReportKey("port", Number), new ReportKey("size", Number))), .. s_icmp,
        ],
        "tcp" => [
            Outcome(kind), s_errno, new("time", Duration), new("sent", Number), new("count", Number), new("lost", Number),
            new("received", Mappings(new ReportKey("at", Text), new ReportKey("from", Address), new ReportKey("port", Number))), .. s_icmp,
        ],
        "http" => [
            Outcome(kind), s_errno, new("status", Number), new("size", Number), new("body", Text), new("headers", Free), new("time", Duration), .. s_icmp,
        ],
        "dns" => [
            Outcome(kind), s_errno, new("rcode", Word("a DNS response code", [.. Enum.GetNames<DnsResponseCode>()], orNumber: true)),
            new("authoritative", ReportValue.Boolean), new("addresses", List(Address)), new("time", Duration), .. s_icmp,
        ],
        "send" => [Outcome(kind), s_errno, new("sent", Number)],
        "connect" => [
            Outcome(kind), new("lost", Text), new("at", Text), new("where", Text),
            new("by", Mapping(
                new ReportKey("tier", Text), new ReportKey("policies", List(Text)), new ReportKey("policy", Text),
                new ReportKey("rule", Word("the number of a rule, or none", ["none"], orNumber: true)))),
        ],
        "exec" => [Outcome(kind), s_errno, new("exit", Number), new("stdout", Text), new("stderr", Text), new("matches", Free), new("json", Free)],
        "wait" => [Outcome(kind), new("time", Duration)],
        "route" => [
            Outcome(kind), s_errno, new("to", Prefix), new("type", Lower<RouteType>("a type of route")), .. s_nextHop, new("src", Address),
            new("protocol", Lower<RouteProtocol>("a routing protocol")), new("scope", Word("a scope", ["global", .. LowerOf<RouteScope>().Skip(1)])),
            new("metric", Number), new("table", Number), new("nexthops", Mappings(s_nextHop)),
        ],
        "neigh" => [
            Outcome(kind), new("state", Word("a state of a neighbour", [.. Enum.GetNames<NudState>().Select(n => n.ToUpperInvariant())], inAnyCase: true)),
            new("address", Address), new("dev", Text), new("mac", Mac), new("lladdr", Mac),
        ],
        "fdb" => [
            Outcome(kind), new("state", Word("a state of an entry", ["permanent", "static", "learned"])), new("mac", Mac), new("vlan", Number),
            new("dev", Text), new("port", Text), new("bridge", Text), new("age", Duration), new("dst", Address), new("remotes", List(Address)),
        ],
        "bgp" => [
            Outcome(kind), new("state", s_state), new("why", Words<NotEstablishedReason>("a reason for a session to be down")), new("peer", Text),
            new("asn", Number), new("flaps", Number), new("hold", Number), new("shutdown-message", Text), new("received", Number), new("sent", Number),
            new("advertised", ReportValue.Boolean), new("best", MappingOr("none", s_bestPath)), new("ecmp", Number), new("paths", Number),
            new("vias", List(Address)), new("stale", Number), new("rejected", List(Words<PathRejection>("a reason for a path's rejection"))),
        ],
        "drops" => [Outcome(kind), new("count", Number), new("reasons", Free)],
        "counter" => [Outcome(kind), new("value", Number), new("name", Text)],
        "link" or "impair" or "node" => [Outcome(kind), new("error", Text)],
        "kill" => [Outcome(kind), new("error", Text), new("killed", Number)],
        "apply" => [Outcome(kind), new("applied", Number), new("rejected", List(Text))],
        "patch" => [Outcome(kind), new("rejected", List(Text))],
        "delete" => [Outcome(kind), new("missing", List(Text))],
        _ => [],
    };

    /// <summary>What a step may come to; steps that are not here say it in words of their own.</summary>
    private static ImmutableArray<string> OutcomesOf(string kind) => kind switch
    {
        "ping" => ["reply", "icmp", "errno", "timeout", "not run"],
        "traceroute" => ["reached", "errno", "timeout", "not run"],
        "udp" => ["received", "reply", "icmp", "errno", "timeout", "not run"],
        "tcp" => ["connected", "refused", "icmp", "errno", "timeout", "not run"],
        "http" => ["response", "refused", "reset", "cut", "malformed", "empty", "icmp", "errno", "timeout", "not run"],
        "dns" => ["reply", "nxdomain", "servfail", "error", "icmp", "errno", "timeout", "not run"],
        "connect" => ["allowed", "denied", "refused", "lost: REASON", "not run"],
        "send" => ["sent", "errno", "not run"],
        "wait" => ["waited", "not run"],
        "route" => ["present", "absent", "errno", "not run"],
        "neigh" => ["present", "absent", "not run"],
        "fdb" => ["present", "absent", "no such bridge", "not run"],
        "apply" => ["applied", "rejected", "not run"],
        "patch" => ["patched", "rejected", "not found", "not run"],
        "delete" => ["deleted", "not found", "not run"],
        _ => [],
    };

    private static ReportKey Outcome(string kind)
    {
        ImmutableArray<string> outcomes = OutcomesOf(kind);
        return new("outcome", kind is "drops" or "counter" ? Number : outcomes.IsEmpty ? Text : Of($"an outcome of '{kind}'", text => Fault(kind, text, outcomes)));
    }

    private static ScalarFault? Fault(string kind, string text, ImmutableArray<string> outcomes)
    {
        if (outcomes.Contains(text, StringComparer.Ordinal) && text != "lost: REASON")
        {
            return null;
        }

        if (kind == "connect" && text.StartsWith(Lost, StringComparison.Ordinal))
        {
            // What is lost is lost for a DropReason, or for one that is told in words.
            string reason = text[Lost.Length..];
            return reason.Contains(' ', StringComparison.Ordinal) || s_reasons.Contains(reason, StringComparer.Ordinal)
                ? null
                : ScalarFault.WithHint(Spelling.Hint(reason, s_reasons) ?? "'netemu run -v' shows the reasons of a run");
        }

        return ScalarFault.WithHint(Spelling.Hint(text, outcomes) ?? $"it is one of {string.Join(", ", outcomes.SkipLast(1))}");
    }

    private static ReportValue Words<T>(string what)
        where T : struct, Enum => Word(what, [.. WordsOf<T>()]);

    private static IEnumerable<string> WordsOf<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(BgpCheckExecution.Words);

    private static ReportValue Lower<T>(string what)
        where T : struct, Enum => Word(what, [.. LowerOf<T>()], orNumber: true);

    private static IEnumerable<string> LowerOf<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(n => n.ToLowerInvariant());
}
