using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 4271 section 9.1 with RFC 4456 section 9.</summary>
public sealed class DecisionTests
{
    private readonly PathAttributeTable _table = new();
    private readonly PathAttributesBuilder _builder = new();

    [Fact]
    public void One_path_is_the_best_because_it_is_the_only_one() =>
        Assert.Equal((0, BestPathReason.OnlyPath), Decide(Path()));

    [Fact]
    public void The_higher_local_preference_wins_over_everything_else() =>
        Assert.Equal(
            (1, BestPathReason.LocalPreference),
            Decide(Path(path: [1]), Path(path: [1, 2, 3], localPref: 101)));

    [Fact]
    public void A_route_that_begins_here_wins() =>
        Assert.Equal((1, BestPathReason.LocallyOriginated), Decide(Path(), Path() with { IsLocal = true }));

    [Fact]
    public void The_shorter_AS_path_wins() =>
        Assert.Equal((1, BestPathReason.AsPathLength), Decide(Path(path: [1, 2]), Path(path: [3])));

    [Fact]
    public void The_lower_origin_wins() =>
        Assert.Equal(
            (1, BestPathReason.Origin), Decide(Path(origin: Origin.Incomplete), Path(origin: Origin.Egp)));

    [Fact]
    public void The_lower_MED_of_one_neighbouring_AS_wins_and_none_is_zero() =>
        Assert.Equal((1, BestPathReason.MultiExitDisc), Decide(Path(path: [1], med: 5), Path(path: [1])));

    [Fact]
    public void MEDs_of_different_neighbouring_ASes_are_compared_only_on_demand()
    {
        DecisionCandidate left = Path(path: [1], med: 5) with { PeerIdentifier = new IPv4Address(1) };
        DecisionCandidate right = Path(path: [2], med: 1) with { PeerIdentifier = new IPv4Address(2) };

        Assert.Equal((0, BestPathReason.RouterId), Decide(left, right));
        Assert.Equal(
            (1, BestPathReason.MultiExitDisc), Decide(new BestPathOptions { AlwaysCompareMed = true }, left, right));
    }

    [Fact]
    public void External_wins_over_internal() =>
        Assert.Equal((1, BestPathReason.ExternalOverInternal), Decide(Path() with { IsInternal = true }, Path()));

    [Fact]
    public void The_nearer_next_hop_wins() =>
        Assert.Equal((1, BestPathReason.IgpMetric), Decide(Path() with { IgpMetric = 20 }, Path() with { IgpMetric = 10 }));

    [Fact]
    public void The_lower_router_id_wins_and_an_originator_stands_for_it() =>
        Assert.Equal(
            (1, BestPathReason.RouterId),
            Decide(
                Path() with { PeerIdentifier = new IPv4Address(5) },
                Path(originator: 4) with { PeerIdentifier = new IPv4Address(9) }));

    [Fact]
    public void The_shorter_cluster_list_wins() =>
        Assert.Equal(
            (1, BestPathReason.ClusterListLength),
            Decide(Path(originator: 4, clusters: 2), Path(originator: 4, clusters: 1)));

    [Fact]
    public void The_lower_peer_address_wins() =>
        Assert.Equal(
            (1, BestPathReason.PeerAddress),
            Decide(Path() with { PeerAddress = new IPv4Address(7) }, Path() with { PeerAddress = new IPv4Address(6) }));

    [Fact]
    public void The_lower_path_identifier_wins_at_last() =>
        Assert.Equal((1, BestPathReason.PathId), Decide(Path() with { PathId = 7 }, Path() with { PathId = 6 }));

    [Fact]
    public void Equal_paths_share_the_traffic_up_to_the_maximum_and_only_with_equal_AS_paths_unless_relaxed()
    {
        DecisionCandidate[] paths =
        [
            Path(path: [1, 9], nextHop: 1), Path(path: [1, 9], nextHop: 2), Path(path: [2, 9], nextHop: 3), Path(path: [1, 9], nextHop: 4),
        ];

        Assert.Equal([true, false, false, false], Multipath(new BestPathOptions(), paths));
        Assert.Equal([true, true, false, true], Multipath(new BestPathOptions { MaximumPathsExternal = 3 }, paths));
        Assert.Equal([true, true, true, false], Multipath(new BestPathOptions { MaximumPathsExternal = 3, MultipathRelax = true }, paths));
    }

    [Fact]
    public void External_paths_through_one_AS_share_and_of_too_many_those_of_the_lowest_next_hops()
    {
        // As bgpd 8.4.4: the AS path behind the neighbour makes no difference, and neither does what came first.
        BestPathOptions two = new() { MaximumPathsExternal = 2, MaximumPathsInternal = 2 };
        DecisionCandidate[] paths = [Path(path: [1, 9], nextHop: 4), Path(path: [1, 9], nextHop: 3), Path(path: [1, 8], nextHop: 2), Path(path: [2, 9], nextHop: 1)];

        Assert.Equal([true, true, true, false], Multipath(two with { MaximumPathsExternal = 3 }, paths));
        Assert.Equal([true, false, true, false], Multipath(two, paths));

        // Inside, the whole path has to be the same.
        DecisionCandidate[] inside = [.. paths.Select(path => path with { IsInternal = true })];
        Assert.Equal([true, true, false, false], Multipath(two, inside));
    }

    [Fact]
    public void The_result_does_not_depend_on_the_order_of_arrival_and_equals_a_naive_evaluation()
    {
        RandomSource random = new(3, "test/decision");
        for (int round = 0; round < 3000; round++)
        {
            DecisionCandidate[] paths = [.. Enumerable.Range(0, (int)random.NextBetween(2, 7)).Select(i => RandomPath(random, i))];
            DecisionCandidate best = paths[Decide(paths).Best];

            Assert.Equal(Naive(paths), best);
            for (int i = paths.Length - 1; i > 0; i--)
            {
                int j = (int)random.NextBelow(i + 1);
                (paths[i], paths[j]) = (paths[j], paths[i]);
            }

            Assert.Equal(best, paths[Decide(paths).Best]);
        }
    }

    /// <summary>RFC 4271 section 9.1.2.2 as sets, without a thought for speed.</summary>
    private static DecisionCandidate Naive(DecisionCandidate[] paths)
    {
        IEnumerable<DecisionCandidate> left = Most(paths, p => p.Attributes.LocalPref);
        left = Most(left, p => p.IsLocal ? 1 : 0);
        left = Least(left, p => p.Attributes.AsPathLength);
        left = Least(left, p => (int)p.Attributes.Origin);
        left = [.. left.GroupBy(p => p.Attributes.NeighborAs).SelectMany(group => Least(group, p => p.Attributes.Med))];
        left = Least(left, p => p.IsInternal ? 1 : 0);
        left = Least(left, p => p.IgpMetric);
        left = Least(left, p => p.RouterId.Value);
        left = Least(left, p => p.Attributes.ClusterListLength);
        left = Least(left, p => p.PeerAddress.IPv4.Value);
        return Least(left, p => p.PathId).Single();
    }

    private static DecisionCandidate[] Least(IEnumerable<DecisionCandidate> paths, Func<DecisionCandidate, long> key)
    {
        DecisionCandidate[] all = [.. paths];
        return [.. all.Where(p => key(p) == all.Min(key))];
    }

    private static DecisionCandidate[] Most(IEnumerable<DecisionCandidate> paths, Func<DecisionCandidate, long> key) =>
        Least(paths, p => -key(p));

    private DecisionCandidate RandomPath(RandomSource random, int number) =>
        Path(
            path: [.. Enumerable.Range(0, (int)random.NextBetween(1, 2)).Select(_ => (uint)random.NextBetween(1, 2))],
            localPref: (uint)random.NextBetween(100, 101),
            med: (uint)random.NextBelow(3),
            origin: (Origin)random.NextBelow(2),
            originator: random.NextChance(1, 3) ? (uint)random.NextBetween(1, 3) : 0,
            clusters: (int)random.NextBelow(2)) with
        {
            IsInternal = random.NextChance(1, 2),
            IgpMetric = (uint)random.NextBelow(2),
            PeerIdentifier = new IPv4Address((uint)random.NextBetween(1, 3)),
            PeerAddress = new IPv4Address((uint)random.NextBetween(1, 2)),
            PathId = (uint)number,
        };

    private DecisionCandidate Path(
        uint[]? path = null, uint localPref = 100, uint? med = null, Origin origin = Origin.Igp, uint originator = 0,
        int clusters = 0, uint nextHop = 1)
    {
        _builder.Clear();
        _builder.SetAsPath(path ?? [1]);
        _builder.LocalPref = localPref;
        _builder.Med = med;
        _builder.Origin = origin;
        _builder.NextHop = new IPv4Address(nextHop);
        _builder.OriginatorId = originator == 0 ? null : new IPv4Address(originator);
        _builder.ClusterList.AddRange(Enumerable.Repeat(new IPv4Address(1), clusters));
        return new DecisionCandidate(_builder.Intern(_table)) { PeerAddress = new IPv4Address(1) };
    }

    private static (int Best, BestPathReason Reason) Decide(params DecisionCandidate[] paths) =>
        Decide(BestPathOptions.Default, paths);

    private static (int Best, BestPathReason Reason) Decide(BestPathOptions options, params DecisionCandidate[] paths)
    {
        BestPathReason[] verdicts = new BestPathReason[paths.Length];
        int best = DecisionProcess.Select(paths, options, verdicts, new bool[paths.Length]);
        Assert.DoesNotContain(BestPathReason.None, verdicts);
        return (best, verdicts[best]);
    }

    private static bool[] Multipath(BestPathOptions options, DecisionCandidate[] paths)
    {
        bool[] multipath = new bool[paths.Length];
        DecisionProcess.Select(paths, options, new BestPathReason[paths.Length], multipath);
        return multipath;
    }
}
