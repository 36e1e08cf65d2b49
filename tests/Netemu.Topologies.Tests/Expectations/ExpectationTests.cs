using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Tests.Loading;

namespace Netemu.Topologies.Tests.Expectations;

/// <summary>What was seen, compared with what must be seen.</summary>
public sealed class ExpectationTests
{
    [Theory]
    [InlineData("3", true)]
    [InlineData("\"3\"", true)]
    [InlineData("0x3", true)]
    [InlineData("4", false)]
    [InlineData("\"<4\"", true)]
    [InlineData("\"<3\"", false)]
    [InlineData("\"<=3\"", true)]
    [InlineData("\">=4\"", false)]
    [InlineData("\"> 2\"", true)]
    [InlineData("\"!=3\"", false)]
    [InlineData("\"!=2\"", true)]
    [InlineData("1..3", true)]
    [InlineData("4..5", false)]
    [InlineData("three", false)]
    [InlineData("", false)]
    public void A_number_is_compared_as_a_number(string expected, bool holds) => AssertVerdict(expected, 3L, holds);

    [Theory]
    [InlineData("\"<13ms\"", true)]
    [InlineData("\"<12ms\"", false)]
    [InlineData("\"<=12ms\"", true)]
    [InlineData("12000us", true)]
    [InlineData("0.012s", true)]
    [InlineData("10ms..12ms", true)]
    [InlineData("12", false)]
    public void A_duration_is_compared_with_its_unit(string expected, bool holds) =>
        AssertVerdict(expected, Duration.FromMilliseconds(12), holds);

    [Theory]
    [InlineData("0.1%", true)]
    [InlineData("\"<1%\"", true)]
    [InlineData("0.2%", false)]
    public void A_share_is_compared_in_percent(string expected, bool holds) => AssertVerdict(expected, new Probability(1_000), holds);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"!=false\"", true)]
    public void A_boolean_is_compared_as_one(string expected, bool holds) => AssertVerdict(expected, true, holds);

    [Theory]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:0db8:0::0001", true)]
    [InlineData("\"!=2001:db8::1\"", false)]
    [InlineData("2001:db8::2", false)]
    public void An_address_is_the_same_in_any_spelling(string expected, bool holds) =>
        AssertVerdict(expected, InternetAddress.Parse("2001:db8::1"), holds);

    [Theory]
    [InlineData("refused", "refused", true)]
    [InlineData("refused", "Refused", false)]
    [InlineData("\"\"", "", true)]
    [InlineData("\"\"", "\n", true)]
    [InlineData("\"<html>\"", "<html>\n", true)]
    [InlineData("\"<html>\"", "<p>", false)]
    [InlineData("\"<5\"", "4", true)]
    [InlineData("\"!=a\"", "b", true)]
    [InlineData("10.0.0.0/24", "10.0.0.0/24", true)]
    [InlineData("", "", true)]
    [InlineData("null", "x", false)]
    public void A_text_is_compared_without_its_last_line_feed(string expected, string observed, bool holds) =>
        AssertVerdict(expected, observed, holds);

    [Theory]
    [InlineData("{received: 3, rtt: \"<13ms\"}", true)]
    [InlineData("{received: 2}", false)]
    [InlineData("{sent: 3}", false)]
    [InlineData("{sent: null}", true)]
    [InlineData("reply", true)]
    [InlineData("timeout", false)]
    [InlineData("{answers: [{from: 10.0.0.1}, {ttl: 63}]}", true)]
    [InlineData("{answers: [{from: 10.0.0.1}]}", false)]
    [InlineData("{answers: 3}", false)]
    [InlineData("{answers: reply}", true)]
    [InlineData("{answers: icmp}", false)]
    [InlineData("{times: \"<13ms\"}", true)]
    [InlineData("{times: \"<11ms\"}", false)]
    [InlineData("{none: null}", true)]
    [InlineData("{none: x}", false)]
    [InlineData("[1]", false)]
    public void A_mapping_holds_when_each_of_its_keys_does(string expected, bool holds)
    {
        ObservedMapping observed = new()
        {
            { "outcome", "reply" },
            { "received", 3 },
            { "rtt", Duration.FromMilliseconds(12) },
            { "times", new ObservedList { Duration.FromMilliseconds(12), Duration.FromMilliseconds(10) } },
            { "none", new ObservedList() },
            {
                "answers",
                new ObservedList
                {
                    new ObservedMapping { { "outcome", "reply" }, { "from", InternetAddress.Parse("10.0.0.1") }, { "ttl", 64 } },
                    new ObservedMapping { { "outcome", "reply" }, { "from", InternetAddress.Parse("10.0.0.1") }, { "ttl", 63 } },
                }
            },
        };

        AssertVerdict(expected, observed, holds);
    }

    [Theory]
    [InlineData("{matches: '^10\\.0\\.0\\.0/24 dev eth\\d'}", true)]
    [InlineData("{matches: ['eth0', 'proto kernel']}", true)]
    [InlineData("{matches: eth1}", false)]
    [InlineData("{matches: '('}", false)]
    [InlineData("{matches: {a: b}}", false)]
    [InlineData("{stdout: \"10.0.0.0/24 dev eth0 proto kernel\", exit: 0}", true)]
    [InlineData("{exit: 1}", false)]
    public void Output_matches_a_regular_expression(string expected, bool holds) => AssertVerdict(
        expected, new ObservedMapping { { "exit", 0 }, { "stdout", "10.0.0.0/24 dev eth0 proto kernel\n" }, { "stderr", "" } }, holds);

    [Theory]
    [InlineData("{json: {'[0].ifname': eth0}}", true)]
    [InlineData("{json: {'$[0].ifname': eth0}}", true)]
    [InlineData("{json: {0.mtu: \">1400\"}}", true)]
    [InlineData("{json: {'[0].addr_info[0].local': 10.0.0.1}}", true)]
    [InlineData("{json: {'[0].addr_info': [{prefixlen: 24}]}}", true)]
    [InlineData("{json: {'[1].ifname': null}}", true)]
    [InlineData("{json: {'[0].flags': UP}}", true)]
    [InlineData("{json: {'[0].ifname': eth1}}", false)]
    [InlineData("{json: [{mtu: 1500}]}", true)]
    public void Output_is_looked_into_as_json(string expected, bool holds) => AssertVerdict(
        expected,
        new ObservedMapping
        {
            { "exit", 0 },
            { "stdout", """[{"ifname":"eth0","mtu":1500,"flags":["UP"],"addr_info":[{"local":"10.0.0.1","prefixlen":24}]}]""" },
        },
        holds);

    [Fact]
    public void Output_that_is_no_json_is_a_difference()
    {
        ExpectationOutcome outcome = Expectation.Evaluate(
            Expected("{json: {a: 1}}"), new ObservedMapping { { "stdout", "Error: no such thing" } });

        Assert.False(outcome.Passed);
        Assert.StartsWith("json: the output is not JSON", Assert.Single(outcome.Differences), System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_says_what_differs_and_shows_only_what_was_asked()
    {
        ObservedMapping observed = new()
        {
            { "outcome", "denied" },
            { "by", new ObservedMapping { { "tier", "default" }, { "policies", new ObservedList { "NetworkPolicy/red/db" } }, { "rule", "none" } } },
            { "noise", 1 },
        };

        ExpectationOutcome outcome = Expectation.Evaluate(
            Expected("{outcome: denied, by: {tier: default, policies: [NetworkPolicy/red/web], rule: none}}"), observed);

        Assert.False(outcome.Passed);
        Assert.Equal("{outcome: denied, by: {tier: default, policies: [NetworkPolicy/red/web], rule: none}}", outcome.Text);
        Assert.Equal("{outcome: denied, by: {tier: default, policies: [NetworkPolicy/red/db], rule: none}}", outcome.Observed.ToString());
        Assert.Equal(["by.policies[0]: NetworkPolicy/red/db is not NetworkPolicy/red/web"], outcome.Differences);
    }

    [Fact]
    public void A_scalar_beside_by_is_the_outcome()
    {
        StepSpec step = Loaded.Body(
            "nodes: {a: {}, b: {}}\nsteps:\n  - connect: {from: a, to: b, port: 1}\n    expect: denied\n    by: {rule: none}\n").Steps.Single();

        Assert.Equal("{outcome: denied, by: {rule: none}}", ValueText.Render(step.Expect!));
    }

    /// <summary>Any tree, read where any may stand: below the JSON that an exec prints.</summary>
    private static ExpectedValue Expected(string text) =>
        ((ExpectedMapping)Loaded.Body($"nodes: {{a: {{}}}}\nsteps:\n  - exec: {{in: a, command: x}}\n    expect: {{json: {text}}}\n").Steps.Single().Expect!)
            .Entries.Single().Value;

    private static void AssertVerdict(string expected, ObservedValue observed, bool holds)
    {
        ExpectationOutcome outcome = Expectation.Evaluate(Expected(expected), observed);
        Assert.True(outcome.Passed == holds, $"{expected} against {observed}: {string.Join("; ", outcome.Differences)}");
        Assert.Equal(holds, outcome.Differences.Count == 0);
    }
}
