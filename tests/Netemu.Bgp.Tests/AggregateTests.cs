using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>Aggregation after RFC 4271 section 9.2.2.2.</summary>
public sealed class AggregateTests
{
    private static readonly InternetPrefix s_aggregate = InternetPrefix.Parse("10.8.0.0/13");

    private readonly Laboratory _lab = new();

    [Fact]
    public void An_aggregate_lives_as_long_as_a_route_inside_it()
    {
        (BgpSpeaker r1, BgpSpeaker r2, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate));
        r1.Announce(Laboratory.Originate("10.8.1.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        // Then r3 hears both, and the aggregate says that path information was lost.
        Assert.Equal(
            "10.8.0.0/13 via 10.0.0.2 as [65002] best OnlyPath\n10.8.1.0/24 via 10.0.0.2 as [65002 65001] best OnlyPath",
            Laboratory.Describe(r3));
        PathAttributes set = r3.BestPath(s_aggregate)!.Value.Attributes;
        Assert.True(set.TryGet(AttributeType.AtomicAggregate, out _));
        Assert.True(set.TryGet(AttributeType.Aggregator, out System.ReadOnlySpan<byte> aggregator));
        Assert.Equal("0000FDEA0A000002", System.Convert.ToHexString(aggregator));

        // And r2's FIB drops what no route inside takes.
        Assert.Equal("", _lab.Sinks[r2].Routes[s_aggregate]);

        r1.Withdraw(InternetPrefix.Parse("10.8.1.0/24"));
        _lab.Run(1);
        Assert.Equal("", Laboratory.Describe(r3));
        Assert.DoesNotContain(s_aggregate, _lab.Sinks[r2].Routes.Keys);
    }

    [Fact]
    public void Summary_only_hides_the_routes_inside_until_the_aggregate_is_taken_out()
    {
        (BgpSpeaker r1, BgpSpeaker r2, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate) { SummaryOnly = true });
        r1.Announce(Laboratory.Originate("10.8.1.0/24"));
        r1.Announce(Laboratory.Originate("10.9.0.0/16"));
        r1.Announce(Laboratory.Originate("10.16.0.0/16"));
        _lab.StartAll();
        _lab.Run(3);
        Assert.Equal(["10.8.0.0/13", "10.16.0.0/16"], r3.Paths(AddressFamily.IPv4).Select(p => p.Prefix).Order().Select(p => p.ToString()));

        r2.RemoveAggregate(s_aggregate);
        _lab.Run(1);
        Assert.Equal(
            ["10.8.1.0/24", "10.9.0.0/16", "10.16.0.0/16"],
            r3.Paths(AddressFamily.IPv4).Select(p => p.Prefix).Order().Select(p => p.ToString()));
    }

    [Fact]
    public void With_as_set_the_numbers_and_communities_of_the_routes_inside_are_kept()
    {
        // Given routes of two origins behind one AS.
        (BgpSpeaker r1, BgpSpeaker _, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate) { AsSet = true, SummaryOnly = true });
        r1.Announce(Laboratory.Originate("10.8.1.0/24") with { AsPath = [65101], Communities = [new Community(65101, 1)] });
        r1.Announce(Laboratory.Originate("10.8.2.0/24") with { AsPath = [65102, 65103], Origin = Origin.Incomplete });
        _lab.StartAll();
        _lab.Run(3);

        PathAttributes set = r3.BestPath(s_aggregate)!.Value.Attributes;
        Assert.Equal("65002 65001 {65101,65102,65103}", set.AsPath.ToString());
        Assert.Equal(3, set.AsPathLength);
        Assert.Equal(Origin.Incomplete, set.Origin);
        Assert.True(set.HasCommunity(new Community(65101, 1)));
        Assert.False(set.TryGet(AttributeType.AtomicAggregate, out _));

        // And a router whose AS is in the set refuses it.
        r1.Announce(Laboratory.Originate("10.8.3.0/24") with { AsPath = [65003] });
        _lab.Run(1);
        Assert.Null(r3.BestPath(s_aggregate));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Where_no_path_is_lost_only_bgpd_says_that_it_is_atomic(bool always, bool asSet, bool expected)
    {
        (BgpSpeaker _, BgpSpeaker r2, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate) { AlwaysAtomic = always, AsSet = asSet });
        r2.Announce(Laboratory.Originate("10.8.1.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(expected, r3.BestPath(s_aggregate)!.Value.Attributes.TryGet(AttributeType.AtomicAggregate, out _));
    }

    [Fact]
    public void With_as_set_extended_communities_are_kept_as_well()
    {
        // Route targets, as bgpd 8.4.4 has them.
        RoutePolicy target = new()
        {
            Rules = [new PolicyRule { Actions = [new PolicyAction.SetExtendedCommunities([0x0002_FDE9_0000_0001], Additive: true)] }],
        };
        (BgpSpeaker r1, BgpSpeaker _, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate) { AsSet = true });
        r1.Announce(Laboratory.Originate("10.8.1.0/24") with { Policy = target });
        _lab.StartAll();
        _lab.Run(3);

        Assert.True(r3.BestPath(s_aggregate)!.Value.Attributes.TryGet(AttributeType.ExtendedCommunities, out System.ReadOnlySpan<byte> kept));
        Assert.Equal("0002FDE900000001", System.Convert.ToHexString(kept));
    }

    [Fact]
    public void A_policy_gives_the_aggregate_its_attributes()
    {
        RoutePolicy policy = new()
        {
            Rules = [new PolicyRule { Actions = [new PolicyAction.SetMed(77), new PolicyAction.SetCommunities([new Community(65002, 9)], true)] }],
        };
        (BgpSpeaker r1, BgpSpeaker _, BgpSpeaker r3) = Chain(new BgpAggregate(s_aggregate) { Policy = policy });
        r1.Announce(Laboratory.Originate("10.8.1.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        PathAttributes set = r3.BestPath(s_aggregate)!.Value.Attributes;
        Assert.Equal(77u, set.Med);
        Assert.True(set.HasCommunity(new Community(65002, 9)));
    }

    /// <summary>r1 - r2 (which aggregates) - r3, each an AS.</summary>
    private (BgpSpeaker R1, BgpSpeaker R2, BgpSpeaker R3) Chain(BgpAggregate aggregate)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002, c => c with { Aggregates = [aggregate] });
        BgpSpeaker r3 = _lab.Add(3, 65003);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3);
        return (r1, r2, r3);
    }
}
