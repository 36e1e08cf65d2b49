using System.Linq;
using Netemu.Bgp.Pipe;
using Netemu.Bgp.Service;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>Speakers whose messages take time to be read, and what counts what they receive.</summary>
public sealed class ServiceTimeTests
{
    private static readonly Duration s_delay = Duration.FromMilliseconds(1);

    private readonly EventLoop _loop = new();

    [Fact]
    public void A_route_is_known_when_its_UPDATE_has_been_served()
    {
        ServiceTimes times = new() { Update = Duration.FromSeconds(2), Route = Duration.FromMilliseconds(100) };
        (BgpSpeaker left, BgpSpeaker right, ServiceQueue server, _) = Pair(times);
        _loop.RunUntil(At(60_000));
        Duration idle = server.Busy;

        left.Announce(Laboratory.Originate("192.0.2.0/24"));
        left.Announce(Laboratory.Originate("198.51.100.0/24"));
        _loop.RunUntil(At(60_000) + Duration.FromMilliseconds(2_200));
        int before = right.RouteCount(AddressFamily.IPv4);
        _loop.RunUntil(At(60_000) + Duration.FromMilliseconds(2_202));

        // 1 ms on the way, then 2 s for the UPDATE and 100 ms for each of its two routes.
        Assert.Equal((0, 2), (before, right.RouteCount(AddressFamily.IPv4)));
        Assert.Equal(Duration.FromMilliseconds(2_200), server.Busy - idle);
        Assert.Equal(0, server.Count);
    }

    [Fact]
    public void Messages_of_one_server_wait_for_each_other_and_keep_their_order()
    {
        (BgpSpeaker left, BgpSpeaker right, ServiceQueue server, _) = Pair(new ServiceTimes { Update = Duration.FromSeconds(1) });
        _loop.RunUntil(At(60_000));

        left.Announce(Laboratory.Originate("192.0.2.0/24"));
        _loop.RunUntil(At(60_100));
        left.Withdraw(InternetPrefix.Parse("192.0.2.0/24"));
        _loop.RunUntil(At(60_200));
        Assert.Equal(2, server.Count);
        _loop.RunUntil(At(61_500));
        Assert.Equal(1, right.RouteCount(AddressFamily.IPv4));
        _loop.RunUntil(At(62_500));

        Assert.Equal(0, right.RouteCount(AddressFamily.IPv4));
    }

    [Fact]
    public void The_end_of_a_stream_comes_after_what_was_sent_before_it()
    {
        (BgpSpeaker left, BgpSpeaker right, _, UpdateTally tally) = Pair(new ServiceTimes { Update = Duration.FromSeconds(1) });
        _loop.RunUntil(At(60_000));

        left.Announce(Laboratory.Originate("192.0.2.0/24"));
        _loop.RunUntil(At(60_100));
        left.Stop();
        _loop.RunUntil(At(60_500));
        Assert.Equal(2, tally.EstablishedSides + tally.LostSides);
        _loop.RunUntil(At(70_000));

        Assert.Equal(1, tally.Announced);
        Assert.Equal(0, right.RouteCount(AddressFamily.IPv4));
        Assert.False(right.Neighbors.Single().IsEstablished);
    }

    [Fact]
    public void Without_times_nothing_takes_time_and_everything_is_counted()
    {
        (BgpSpeaker left, BgpSpeaker right, ServiceQueue server, UpdateTally tally) = Pair(new ServiceTimes());
        _loop.RunUntil(At(60_000));
        Assert.Equal((2, 2L), (tally.EstablishedSides, tally.EndsOfRib));

        left.Announce(Laboratory.Originate("192.0.2.0/24"));
        _loop.RunUntil(At(60_001));

        Assert.Equal(1, right.RouteCount(AddressFamily.IPv4));
        Assert.Equal((1L, 1L, 0L, 1), (tally.Updates, tally.Announced, tally.Withdrawn, tally.LongestPath));
        Assert.Equal(At(60_001), tally.LastUpdate);
        Assert.Equal(Duration.Zero, server.Busy);
    }

    private static SimTime At(long milliseconds) => SimTime.Zero + Duration.FromMilliseconds(milliseconds);

    /// <summary>Two external neighbours; only what the right one reads takes time.</summary>
    private (BgpSpeaker Left, BgpSpeaker Right, ServiceQueue Server, UpdateTally Tally) Pair(ServiceTimes times)
    {
        PipeNetwork network = new(_loop, s_delay);
        BgpTables tables = new();
        ServiceQueue server = new(_loop);
        UpdateTally tally = new(() => _loop.Now);
        BgpSpeaker[] speakers = new BgpSpeaker[2];
        for (int i = 0; i < 2; i++)
        {
            PipeTransport transport = network.AddNode(Laboratory.AddressOf(i + 1));
            speakers[i] = new BgpSpeaker(
                new BgpSpeakerConfiguration
                {
                    Name = $"r{i}",
                    As = (uint)(65001 + i),
                    RouterId = Laboratory.RouterId(i + 1),
                    Timers = Laboratory.Timers,
                    Neighbors = [new BgpNeighbor(Laboratory.AddressOf(2 - i), Laboratory.Peer((uint)(65002 - i)))],
                },
                new BgpServices
                {
                    Scheduler = _loop,
                    Transport = i == 0 ? transport : new ServiceTransport(transport, server, times, new RandomSource(1, "service")),
                    Random = new RandomSource(1, $"r{i}/bgp"),
                    Tables = tables,
                    Observer = tally,
                });
            speakers[i].Start();
        }

        return (speakers[0], speakers[1], server, tally);
    }
}
