using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Experiments;

namespace Netemu.Topologies.Tests.Experiments;

/// <summary>Experiments whose outcome is known from outside: arithmetic, publications, measured daemons.</summary>
public sealed class ExperimentTests
{
    [Theory]
    [InlineData("tcp", "false", "1")]
    [InlineData("tcp", "true", "4")]
    [InlineData("pipe", "false", "4")]
    public void A_mesh_and_reflectors_send_what_arithmetic_says(string transport, string flat, string prefixes)
    {
        IReadOnlyList<ExperimentRow> rows = Run("mesh-vs-rr", ("nodes", "10,25"), ("rr", "0,1,2,3"), ("transport", transport), ("flat", flat), ("prefixes", prefixes));

        Assert.Equal(8, rows.Count);
        Assert.All(rows, row => Assert.Empty(row.Failures));
    }

    [Fact]
    public void Ten_nodes_have_the_published_counts()
    {
        // reference arithmetic of RFC 4456 topologies, N = 10, P = 1: sessions, advertisements, one new prefix, withdrawals on loss, return.
        (string, long, long, long, long, long)[] expected =
        [
            ("0", 45, 90, 9, 0, 18), ("1", 10, 100, 10, 9, 19), ("2", 21, 220, 22, 20, 40), ("3", 33, 360, 36, 33, 63),
        ];

        IReadOnlyList<ExperimentRow> rows = Run("mesh-vs-rr", ("nodes", "10"), ("rr", "0-3"));

        Assert.Equal(expected, rows.Select(r => (
            r["rr"], (long)r.Number("sessions")!, (long)r.Number("advertisements")!, (long)r.Number("changeUpdates")!,
            (long)r.Number("lossWithdrawals")!, (long)r.Number("returnAdvertisements")!)));
    }

    [Fact]
    public void With_distinct_cluster_ids_the_other_reflectors_path_is_announced_before_the_route_goes()
    {
        ExperimentRow row = Assert.Single(Run("mesh-vs-rr", ("nodes", "10"), ("rr", "0,2"), ("cluster-ids", "distinct")), r => r["rr"] == "2");

        Assert.True(row.Number("lossUpdates") > 0, row["lossUpdates"]);
    }

    [Theory]
    [InlineData(16, 2.02, 0.10)]
    [InlineData(32, 2.01, 0.30)]
    [InlineData(64, 3.77, 1.14)]
    [InlineData(128, 5.88, 5.97)]
    public void The_calibrated_model_gives_the_measured_times_of_BIRD_within_a_quarter(int nodes, double wall, double cpu)
    {
        // Ten routes a node, one daemon a node, two shared cores; at 16 nodes the runs without BIRD's idle poll of 3 s.
        ExperimentRow row = Assert.Single(
            Run("mesh-vs-rr", ("nodes", $"{nodes}"), ("rr", "0"), ("prefixes", "10"), ("transport", "pipe"), ("losses", "false")));

        Assert.InRange(row.Number("calibratedSeconds") ?? 0, wall * 0.75, wall * 1.25);
        Assert.InRange(row.Number("calibratedCpuSeconds") ?? 0, cpu * 0.75, cpu * 1.25);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void A_clique_hunts_for_exactly_as_many_rounds_as_published(string wrate)
    {
        IReadOnlyList<ExperimentRow> rows = Run("clique-tdown", ("nodes", "4-15"), ("seed", "1-3"), ("wrate", wrate));

        Assert.Equal(36, rows.Count);
        Assert.All(rows, row => Assert.Empty(row.Failures));
    }

    [Fact]
    public void The_advertisement_interval_with_the_least_convergence_time_lies_between_8_and_12_seconds()
    {
        IReadOnlyList<ExperimentRow> rows = Run("mrai-curve", ("mrai", "5s,8s,9s,10s,11s,12s,15s,20s,30s"), ("seed", "1-3"));

        ExperimentConclusion conclusion = new MraiCurve().Conclude(rows);

        Assert.Empty(conclusion.Failures);
        Assert.Contains(conclusion.Findings, f => f.StartsWith("n=15: least convergence time", StringComparison.Ordinal));
    }

    [Fact]
    public void The_AS_plan_of_RFC_7938_leaves_nothing_to_hunt_for()
    {
        IReadOnlyList<ExperimentRow> rows = Run("rfc7938", ("k", "4"), ("mrai", "0s"));

        Assert.All(rows, row => Assert.Empty(row.Failures));
        Assert.InRange(rows.Single(r => r["plan"] == "rfc7938").Number("messages") ?? 0, 50, 70);

        // A model of messages on links, without TCP, gave 1,395 to 5,007 messages and paths of 17.
        Assert.InRange(rows.Single(r => r["plan"] == "unique").Number("messages") ?? 0, 1_395, 5_007);
        Assert.Equal("17", rows.Single(r => r["plan"] == "unique")["longestPath"]);
    }

    [Fact]
    public void Path_hunting_is_given_up_soon_after_the_updates_that_it_may_send()
    {
        ExperimentRow row = Assert.Single(Run("rfc7938", ("k", "6"), ("mrai", "0s"), ("plan", "unique"), ("max-updates", "5000")));

        Assert.Equal("given up", row["outcome"]);
        Assert.InRange(row.Number("messages") ?? 0, 5_000, 50_000);
    }

    [Fact]
    public void Small_messages_that_wait_for_acknowledgments_hunt_less()
    {
        ExperimentRow prompt = Assert.Single(Run("rfc7938", ("k", "4"), ("mrai", "0s"), ("plan", "unique")));
        ExperimentRow gathered = Assert.Single(Run("rfc7938", ("k", "4"), ("mrai", "0s"), ("plan", "unique"), ("nagle", "true")));

        Assert.True(gathered.Number("messages") < prompt.Number("messages"));
        Assert.True(gathered.Number("convergenceSeconds") > prompt.Number("convergenceSeconds"));
    }

    [Theory]
    [InlineData("20", "1")]
    [InlineData("50", "1")]
    [InlineData("50", "2")]
    public void A_hierarchy_of_reflectors_sends_what_arithmetic_says(string nodes, string reflectors)
    {
        ExperimentRow row = Run("mesh-vs-rr", ("nodes", nodes), ("rr", reflectors), ("hierarchy", "true"))[^1];

        Assert.Empty(row.Failures);
    }

    [Fact]
    public void A_hierarchy_of_three_racks_has_the_sessions_of_RFC_4456()
    {
        // c clusters of m clients and r reflectors: c(mr + r(r-1)/2) + r²c(c-1)/2, here with 20, 20 and 10 clients.
        ExperimentRow row = Run("mesh-vs-rr", ("nodes", "50"), ("rr", "2"), ("hierarchy", "true"), ("losses", "false"))[^1];

        Assert.Equal("115", row["sessions"]);
        Assert.Equal("6", row["reflectors"]);
    }

    [Fact]
    public void The_first_packet_to_a_service_visits_half_the_chain_and_one_rule_of_a_map()
    {
        IReadOnlyList<ExperimentRow> rows = Run("service-scale", ("services", "100"));

        Assert.All(rows, row => Assert.Empty(row.Failures));
        Assert.Equal(["53.500", "1.000"], rows.Select(r => r["visited"]));
    }

    [Fact]
    public void A_migration_loses_nothing_in_the_safe_order_and_the_time_of_a_session_in_the_other()
    {
        IReadOnlyList<ExperimentRow> rows = Run("migration", ("nodes", "6"), ("graceful-restart", "false,true"));

        Assert.All(rows, row => Assert.Empty(row.Failures));
        Assert.All(rows.Where(r => r["order"] == "safe"), r => Assert.Equal("0", r["lost"]));

        // RFC 4724: Cease is an end, so graceful restart changes nothing.
        string[] unsafely = [.. rows.Where(r => r["order"] == "unsafe").Select(r => r["lost"])];
        Assert.Equal(unsafely[0], unsafely[1]);
        Assert.True(rows[^1].Number("worstOutageSeconds") > 1.4);
    }

    [Theory]
    [InlineData("12", "1")]
    [InlineData("20", "5")]
    public void A_pair_is_cut_until_its_route_is_back_and_not_until_the_last_reflector_has_spoken(string nodes, string seed)
    {
        // Given runs in which the second reflector's sessions come up after all routes are back from the first one.
        IReadOnlyList<ExperimentRow> rows = Run("migration", ("nodes", nodes), ("order", "unsafe"), ("graceful-restart", "false"), ("seed", seed));

        // Then the time of set-up is the outage of the worst pair, within two packets.
        Assert.All(rows, row => Assert.Empty(row.Failures));
    }

    [Fact]
    public void On_one_bridge_ARP_reaches_every_host_and_with_a_route_per_host_only_the_gateway()
    {
        IReadOnlyList<ExperimentRow> rows = Run("arp-storm", ("hosts", "20"));

        Assert.All(rows, row => Assert.Empty(row.Failures));
        Assert.All(rows, row => Assert.Equal("380", row["datagrams"]));
        Assert.True(rows[0].Number("arpAtHosts") > 20 * 19 * 9);
        Assert.True(rows[1].Number("arpAtHosts") < 3 * 20);
    }

    [Fact]
    public void Two_runs_of_a_cell_have_the_same_hash_and_another_seed_has_another()
    {
        foreach ((string experiment, (string, string) small) in new[]
        {
            ("mesh-vs-rr", ("nodes", "12")), ("clique-tdown", ("nodes", "5")), ("mrai-curve", ("mrai", "10s")), ("rfc7938", ("k", "4")),
        })
        {
            ulong[] first = [.. Run(experiment, small, ("seed", "1")).Select(r => r.Hash)];
            ulong[] second = [.. Run(experiment, small, ("seed", "1")).Select(r => r.Hash)];
            ulong[] other = [.. Run(experiment, small, ("seed", "2")).Select(r => r.Hash)];

            Assert.Equal(first, second);
            Assert.NotEqual(first[0], other[0]);
        }
    }

    [Theory]
    [InlineData("nodes", "ten", "is not a whole number")]
    [InlineData("nodes", "1", "is not a whole number from 2")]
    [InlineData("transport", "quic", "is not tcp or pipe")]
    [InlineData("flat", "yes", "is not true or false")]
    public void A_wrong_value_is_named_with_what_would_be_right(string name, string value, string message)
    {
        ExperimentArguments arguments = ExperimentArguments.Read(new MeshVsReflector(), new Dictionary<string, string> { [name] = value });

        Assert.Contains(message, arguments.Error, StringComparison.Ordinal);
        Assert.StartsWith($"--{name}: '{value}'", arguments.Error, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ExperimentRow> Run(string name, params (string Name, string Value)[] given)
    {
        Assert.True(Experiment.TryFind(name, out Experiment? experiment));
        ExperimentArguments arguments = ExperimentArguments.Read(experiment, given.ToDictionary(g => g.Name, g => g.Value));
        Assert.Null(arguments.Error);

        // A clock that goes on with each look at it: what measures for a while comes to an end.
        long time = 0;
        ExperimentContext context = new(static () => false, () => time += 10_000_000);
        return [.. experiment.Cells(arguments).Select(cell => experiment.Run(cell, context))];
    }
}
