using System.Linq;
using Netemu.Bgp.Damping;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>Route flap damping (RFC 2439) with FRR's parameters: 15 minutes, 750, 2000, 60 minutes.</summary>
public sealed class FlapDampingTests
{
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void A_route_that_flaps_is_suppressed_and_used_again_when_its_penalty_has_decayed()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002, c => c with { Damping = FlapDamping.Default });
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        // When the route goes and comes three times within seconds.
        for (int i = 0; i < 3; i++)
        {
            Assert.NotNull(r2.BestPath(s_prefix));
            r1.Withdraw(s_prefix);
            _lab.Run(1);
            r1.Announce(Laboratory.Originate("192.0.2.0/24"));
            _lab.Run(1);
        }

        // Then it is suppressed, the other one is not, and the penalty is nearly 3,000.
        Assert.Equal(PathRejection.Damped, r2.PathsOf(s_prefix).Single().Rejection);
        Assert.Equal(1, r2.RouteCount(AddressFamily.IPv4));
        DampedRoute damped = r2.DampedRoutes.Single();
        Assert.InRange(damped.Penalty, 2980, 3000);
        Assert.Equal((3, true), (damped.Flaps, damped.IsSuppressed));

        // Two half-lives bring 3,000 to 750.
        _lab.Run(29 * 60);
        Assert.NotEqual(PathRejection.None, r2.PathsOf(s_prefix).Single().Rejection);
        _lab.Run(90);
        Assert.Equal(PathRejection.None, r2.PathsOf(s_prefix).Single().Rejection);

        // And an hour later nobody remembers.
        _lab.Run(3600);
        Assert.Empty(r2.DampedRoutes);
    }

    [Fact]
    public void A_neighbour_that_is_taken_out_takes_its_histories_with_it()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002, c => c with { Damping = FlapDamping.Default });
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);
        r1.Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Single(r2.DampedRoutes);

        r2.RemoveNeighbor(Laboratory.AddressOf(1));

        Assert.Empty(r2.DampedRoutes);
    }

    [Fact]
    public void Changed_attributes_cost_half_as_much_and_internal_routes_nothing()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002, c => c with { Damping = FlapDamping.Default });
        BgpSpeaker r3 = _lab.Add(3, 65002, c => c with { Damping = FlapDamping.Default });
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);
        for (uint med = 1; med <= 4; med++)
        {
            r1.Announce(Laboratory.Originate("192.0.2.0/24") with { Med = med });
            _lab.Run(1);
        }

        Assert.InRange(r2.DampedRoutes.Single().Penalty, 1980, 2000);
        Assert.NotNull(r2.BestPath(s_prefix));
        Assert.Empty(r3.DampedRoutes);
    }

    [Fact]
    public void The_longest_suppression_is_an_hour_whatever_happens()
    {
        FlapHistory history = default;
        SimTime now = SimTime.Zero;
        for (int i = 0; i < 100; i++)
        {
            history.Add(FlapDamping.WithdrawalPenalty, now, FlapDamping.Default);
        }

        // 750 * 2^(60/15).
        Assert.Equal(12_000, history.PenaltyAt(now, FlapDamping.Default));
        Assert.InRange((history.WhenBelow(750, FlapDamping.Default) - now).Milliseconds / 1000, 3590, 3630);
    }

    [Theory]
    [InlineData(0, 8000)]
    [InlineData(15 * 60, 4000)]
    [InlineData(30 * 60, 2000)]
    [InlineData(450, 5657)]
    public void The_penalty_halves_in_a_half_life(int seconds, int expected)
    {
        FlapHistory history = default;
        history.Add(8000, SimTime.Zero, FlapDamping.Rfc7196);

        Assert.InRange(history.PenaltyAt(SimTime.Zero + Duration.FromSeconds(seconds), FlapDamping.Rfc7196), expected - 8, expected);
    }
}
