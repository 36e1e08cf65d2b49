using System.Linq;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

public sealed class FilterTableTests
{
    private static readonly RuleMatch Udp = new RuleMatch.Protocol(IPProtocol.Udp);

    [Fact]
    public void Without_rules_datagrams_pass_both_ways()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);

        lab.Send(client, "10.0.1.2", 53);
        lab.Send(client, "2001:db8:1::2", 53, "six");

        Assert.Equal(
            [
                "53 from 10.0.0.2:4000 x", "4000 from 10.0.1.2:53 re:x",
                "53 from 2001:db8::2:4000 six", "4000 from 2001:db8:1::2:53 re:six",
            ],
            lab.TakeEvents());
        Assert.Null(lab.Router.Hooks);
    }

    [Fact]
    public void The_first_rule_that_matches_decides_and_counts_packets_and_bytes()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Open(lab.Server, 80);
        lab.Table(TableName.Filter, Base(
            "FORWARD",
            Rule(null, Udp),
            Rule(Drop, Udp, new RuleMatch.DestinationPort(PortRange.Of(80))),
            Rule(Accept, Udp),
            Rule(Drop)));

        lab.Send(client, "10.0.1.2", 53, "12345");
        lab.Send(client, "10.0.1.2", 80, "12345");

        Assert.Equal(["53 from 10.0.0.2:4000 12345", "4000 from 10.0.1.2:53 re:12345"], lab.TakeEvents());
        Assert.Equal([("router", DropReason.PolicyDrop)], lab.Drops);

        // 20 + 8 + 5 bytes there, 20 + 8 + 8 back.
        Assert.Equal(new CounterValue(3, 33 + 36 + 33), lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1));
        Assert.Equal(new CounterValue(1, 33), lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 2));
        Assert.Equal(new CounterValue(2, 69), lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 3));
        Assert.Equal(default, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 4));
    }

    [Fact]
    public void A_policy_ends_what_no_rule_has_decided_and_counts_it()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Base("FORWARD") with { Policy = ChainPolicy.Drop });

        lab.Send(client, "10.0.1.2", 53);

        Assert.Empty(lab.TakeEvents());
        Assert.Equal(new CounterValue(1, 29), lab.Filter.PolicyCounter(V4, TableName.Filter, "FORWARD"));
        Assert.Equal("filter FORWARD policy", lab.Filter.LastDrop.ToString());
        Assert.Null(lab.Filter.LastDrop.Rule);
    }

    [Fact]
    public void A_jump_comes_back_behind_its_rule_and_a_goto_behind_the_jump_before_it()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(
            TableName.Filter,
            Base("FORWARD", Rule(new RuleTarget.Jump("one")), Rule(new RuleTarget.Mark(4, 4)), Rule(new RuleTarget.Goto("last"))),
            Base("one", Rule(new RuleTarget.Goto("two")), Rule(new RuleTarget.Mark(1, 1))),
            Base("two", Rule(new RuleTarget.Mark(2, 2)), Rule(new RuleTarget.Return()), Rule(Drop)),
            Base("last", Rule(Drop, new RuleMatch.Mark(6, uint.MaxValue, Negated: true))));

        lab.Send(client, "10.0.1.2", 53);

        Assert.Equal(2, lab.TakeEvents().Length);
        Assert.Equal(2, lab.Filter.PolicyCounter(V4, TableName.Filter, "FORWARD").Packets);
        Assert.Equal(0, lab.Filter.Counter(V4, TableName.Filter, "one", 2).Packets);
    }

    [Fact]
    public void A_drop_names_its_rule_with_its_tag_and_the_way_to_it()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        object tag = new();
        Rule deny = Rule(Drop, new RuleMatch.Comment("default deny")) with { Tag = tag };
        lab.Table(
            TableName.Filter,
            Base("FORWARD", Rule(null), Rule(new RuleTarget.Jump("cali-tw-x"), new RuleMatch.Output("right"))),
            Base("cali-tw-x", Rule(Accept, new RuleMatch.DestinationPort(PortRange.Of(1)), Udp), deny));
        PacketTrace trace = new();
        DropExplanation? explained = null;
        lab.Filter.DropExplained = (_, _, where) => explained = where;

        lab.Send(client, "10.0.1.2", 53, "x", trace);

        Assert.Equal("filter cali-tw-x rule 2", explained.ToString());
        Assert.Same(tag, explained!.Value.Rule!.Tag);
        Assert.Contains(
            trace.Events,
            e => e.Stage == TraceStage.Forward && e.Detail == "filter FORWARD rule 2 -> cali-tw-x rule 2: DROP (default deny)");
        Assert.Contains(trace.Events, e => e.Drop == DropReason.PolicyDrop);
    }

    [Fact]
    public void Interfaces_match_by_name_and_by_beginning()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Base(
            "FORWARD",
            Rule(null, new RuleMatch.Input("left")),
            Rule(null, new RuleMatch.Input("le+")),
            Rule(null, new RuleMatch.Input("left", Negated: true)),
            Rule(null, new RuleMatch.Output("+")),
            Rule(null, new RuleMatch.Output("righ"))));

        lab.Send(client, "10.0.1.2", 53);

        Assert.Equal([1L, 1, 1, 2, 0], Enumerable.Range(1, 5).Select(n => lab.Filter.Counter(V4, TableName.Filter, "FORWARD", n).Packets));
    }

    [Theory]
    [InlineData(RejectType.PortUnreachable, "4000 error 3/3 from 10.0.0.1")]
    [InlineData(RejectType.AdministrativelyProhibited, "4000 error 3/13 from 10.0.0.1")]
    [InlineData(RejectType.HostProhibited, "4000 error 3/10 from 10.0.0.1")]
    [InlineData(RejectType.NetUnreachable, "4000 error 3/0 from 10.0.0.1")]
    public void Reject_says_why(RejectType type, string expected)
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Table(TableName.Filter, Base("FORWARD", Rule(new RuleTarget.Reject(type))));

        lab.Send(client, "10.0.1.2", 53);

        Assert.Equal([expected], lab.TakeEvents());
        Assert.Equal([("router", DropReason.PolicyReject)], lab.Drops);
    }

    [Fact]
    public void Input_and_output_are_filtered_by_their_own_chains()
    {
        using FilterLab lab = new();
        lab.Table(
            TableName.Filter,
            Base("INPUT", Rule(Drop, new RuleMatch.Icmp(8))),
            Base("OUTPUT", Rule(Drop, new RuleMatch.Destination(Net("10.0.1.0/24")))));

        lab.Ping(lab.Client, "10.0.0.1");
        lab.Ping(lab.Client, "10.0.1.2");
        lab.Ping(lab.Router, "10.0.1.2");
        lab.Ping(lab.Router, "10.0.0.2");

        Assert.Equal(["echo from 10.0.1.2", "echo from 10.0.0.2"], lab.TakeEvents());
    }

    [Fact]
    public void The_IPv6_table_is_apart()
    {
        using FilterLab lab = new();
        lab.TableV6(TableName.Filter, Base(
            "FORWARD", Rule(new RuleTarget.Reject(), new RuleMatch.Source(Net("2001:db8::/64")), new RuleMatch.Icmp(128))));

        lab.Ping(lab.Client, "2001:db8:1::2");
        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(["ping error 1/4 from 2001:db8::1", "echo from 10.0.1.2"], lab.TakeEvents());
    }

    [Fact]
    public void A_table_with_an_error_changes_nothing()
    {
        using FilterLab lab = new();
        lab.Table(TableName.Filter, Base("FORWARD", Rule(Drop)));

        TableErrorReason?[] reasons =
        [
            Try(Base("FORWARD", Rule(new RuleTarget.Jump("none")))),
            Try(Base("FORWARD", Rule(new RuleTarget.Jump("INPUT")))),
            Try(Base("FORWARD"), Base("a", Rule(new RuleTarget.Jump("b"))), Base("b", Rule(new RuleTarget.Goto("a")))),
            Try(Base("FORWARD", Rule(Accept, new RuleMatch.Set("none", [SetDirection.Source])))),
            Try(Base("FORWARD", Rule(Accept, new RuleMatch.Source(Net("::/0"))))),
            Try(Base("FORWARD", Rule(new RuleTarget.Masquerade()))),
            Try(Base("a"), Base("a")),
        ];

        Assert.Equal(
            [
                TableErrorReason.UnknownChain, TableErrorReason.JumpToBaseChain, TableErrorReason.Loop, TableErrorReason.UnknownSet,
                TableErrorReason.WrongFamily, TableErrorReason.WrongTable, TableErrorReason.DuplicateChain,
            ],
            reasons);
        lab.Ping(lab.Client, "10.0.1.2");
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1).Packets);

        TableErrorReason? Try(params Chain[] chains) => lab.Filter.ReplaceTable(V4, TableName.Filter, chains)?.Reason;
    }

    [Fact]
    public void A_rule_that_stays_keeps_its_counters_when_the_table_is_replaced()
    {
        using FilterLab lab = new();
        Rule kept = Rule(null);
        lab.Table(TableName.Filter, Base("FORWARD", kept));
        lab.Ping(lab.Client, "10.0.1.2");

        lab.Table(TableName.Filter, Base("FORWARD", Rule(null), kept));

        Assert.Equal(0, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1).Packets);
        Assert.Equal(2, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 2).Packets);
        Assert.Equal(2, lab.Filter.PolicyCounter(V4, TableName.Filter, "FORWARD").Packets);
    }

    [Fact]
    public void A_mark_does_not_leave_the_node_or_namespace()
    {
        using FilterLab lab = new();
        lab.Table(TableName.Mangle, Base("PREROUTING", Rule(new RuleTarget.Mark(7))));
        lab.Server.Netfilter.ReplaceTable(V4, TableName.Filter, [Base("INPUT", Rule(Drop, new RuleMatch.Mark(7)))]);

        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(["echo from 10.0.1.2"], lab.TakeEvents());
    }
}
