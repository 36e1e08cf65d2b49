using System;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// Holds what a step expects against what it can report: a misspelt key or outcome would fail, or hold for ever, for no reason that
/// anybody could see. The lists are what the steps' executions report, and a test runs each of them against its list.
/// </summary>
internal static class ReportCheck
{
    /// <summary>The keys of an ICMP error, which most probes report beside their own.</summary>
    private static readonly ImmutableArray<string> s_icmp = ["type", "code", "icmp", "from", "mtu", "gateway"];

    /// <summary>What a step of a kind may report.</summary>
    private static ImmutableArray<string> KeysOf(string kind) => kind switch
    {
        "ping" => ["outcome", "errno", "sent", "received", "lost", "errors", "ttl", "rtt", "rtt-avg", "rtt-max", "answers", .. s_icmp],
        "traceroute" => ["outcome", "errno", "hops", "path", "answers"],
        "udp" => ["outcome", "errno", "sent", "count", "lost", "answers", "received", .. s_icmp],
        "tcp" => ["outcome", "errno", "time", "sent", "count", "lost", "received", .. s_icmp],
        "http" => ["outcome", "errno", "status", "size", "body", "headers", "time", .. s_icmp],
        "dns" => ["outcome", "errno", "rcode", "authoritative", "addresses", "time", .. s_icmp],
        "send" => ["outcome", "errno", "sent"],
        "connect" => ["outcome", "lost", "by", "at", "where"],
        "exec" => ["outcome", "errno", "exit", "stdout", "stderr", "matches", "json"],
        "wait" => ["outcome", "time"],
        "route" => ["outcome", "errno", "to", "type", "dev", "via", "weight", "src", "protocol", "scope", "metric", "table", "nexthops"],
        "neigh" => ["outcome", "state", "address", "dev", "mac", "lladdr"],
        "fdb" => ["outcome", "state", "mac", "vlan", "dev", "port", "bridge", "age", "dst", "remotes"],
        "bgp" => [
            "outcome", "state", "why", "peer", "asn", "flaps", "hold", "shutdown-message", "received", "sent", "advertised",
            "best", "ecmp", "paths", "vias", "stale", "rejected",
        ],
        "drops" => ["outcome", "count", "reasons"],
        "counter" => ["outcome", "value", "name"],
        "link" => ["outcome", "error"],
        "impair" => ["outcome", "error"],
        "node" => ["outcome", "error"],
        "kill" => ["outcome", "error", "killed"],
        "apply" => ["outcome", "applied", "rejected"],
        "patch" => ["outcome", "rejected"],
        "delete" => ["outcome", "missing"],
        _ => [],
    };

    /// <summary>What a probe may come to; steps that are not here say it in words of their own.</summary>
    private static ImmutableArray<string> OutcomesOf(string kind) => kind switch
    {
        "ping" => ["reply", "icmp", "errno", "timeout", "not run"],
        "traceroute" => ["reached", "errno", "timeout", "not run"],
        "udp" => ["received", "reply", "icmp", "errno", "timeout", "not run"],
        "tcp" => ["connected", "refused", "icmp", "errno", "timeout", "not run"],
        "http" => ["response", "refused", "reset", "cut", "malformed", "empty", "icmp", "errno", "timeout", "not run"],
        "dns" => ["reply", "nxdomain", "servfail", "error", "icmp", "errno", "timeout", "not run"],
        "connect" => ["allowed", "denied", "refused", "lost: REASON", "not run"],
        _ => [],
    };

    public static void Run(Binder binder, StepSpec step, YamlMapping mapping)
    {
        string kind = step.Action.Kind;
        ImmutableArray<string> keys = KeysOf(kind);
        if (keys.IsEmpty)
        {
            return;
        }

        if (mapping["expect"] is YamlMapping expected)
        {
            foreach (YamlEntry entry in expected.Entries)
            {
                CheckKey(binder, kind, binder.Text(entry.Key), keys, entry);
            }
        }

        switch (step.Expect)
        {
            case ExpectedScalar scalar when step.Action is ExecAction:
                binder.Error(
                    LoaderCode.WrongType, "what an exec must do is a mapping", scalar.Range, $"write {{stdout: \"...\"}}, {{exit: 0}}, {{matches: ...}} or {{json: ...}}");
                break;

            case ExpectedScalar scalar:
                CheckOutcome(binder, kind, scalar);
                break;

            case ExpectedMapping all:
                foreach ((string key, ExpectedValue value) in all.Entries)
                {
                    CheckValue(binder, kind, key, value);
                }

                break;
        }
    }

    private static void CheckKey(Binder binder, string kind, string key, ImmutableArray<string> keys, YamlEntry entry)
    {
        if (!keys.Contains(key, StringComparer.Ordinal) && key != "frames")
        {
            string known = $"it reports {string.Join(", ", keys)}";
            binder.Error(LoaderCode.UnknownKey, $"'{kind}' reports no '{key}'", entry.Key.Range, Spelling.Hint(key, keys) ?? known);
        }
    }

    private static void CheckValue(Binder binder, string kind, string key, ExpectedValue value)
    {
        if (key == "outcome" && value is ExpectedScalar outcome)
        {
            CheckOutcome(binder, kind, outcome);
        }
        else if (key == "matches" && kind == "exec")
        {
            CheckPatterns(binder, value);
        }
    }

    private static void CheckOutcome(Binder binder, string kind, ExpectedScalar expected)
    {
        ImmutableArray<string> outcomes = OutcomesOf(kind);
        if (!outcomes.IsEmpty
            && expected.Comparison is Comparison.Equal or Comparison.NotEqual
            && !outcomes.Contains(expected.Operand, StringComparer.Ordinal)
            && !(kind == "connect" && expected.Operand.StartsWith("lost: ", StringComparison.Ordinal)))
        {
            string known = $"it is one of {string.Join(", ", outcomes.SkipLast(1))}";
            binder.Error(
                LoaderCode.BadValue, $"'{expected.Operand}' is no outcome of '{kind}'", expected.Range, Spelling.Hint(expected.Operand, outcomes) ?? known);
        }
    }

    private static void CheckPatterns(Binder binder, ExpectedValue value)
    {
        if (value is ExpectedSequence sequence)
        {
            foreach (ExpectedValue item in sequence.Items)
            {
                CheckPatterns(binder, item);
            }
        }
        else if (value is ExpectedScalar pattern)
        {
            try
            {
                _ = OutputExpectation.Pattern(pattern.Text);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                binder.Error(LoaderCode.BadValue, $"'{pattern.Text}' is no regular expression", pattern.Range, error.Message);
            }
        }
    }
}
