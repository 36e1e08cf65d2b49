using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Show;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>Monitoring stations in FRR's words.</summary>
public sealed class FrrBmpTests
{
    private const string Lab = """
        interface lo
         ip address 10.255.0.1/32
        router bgp 65001
         bgp router-id 10.255.0.1
         neighbor 10.0.1.2 remote-as 65002
         bmp targets noc
          bmp stats interval 5000
          bmp monitor ipv4 unicast pre-policy
          bmp monitor ipv4 unicast post-policy
          bmp monitor ipv6 unicast pre-policy
          bmp connect 10.0.0.9 port 1790 min-retry 100 max-retry 2000
          bmp connect 2001:db8::9 port 1791 max-retry 60000 source-interface lo
         exit
         bmp targets other
          bmp monitor ipv6 unicast post-policy
          bmp stats
          bmp connect 10.0.0.8 port 1790
         exit
         address-family ipv4 unicast
          network 192.0.2.0/24
         exit-address-family
        """;

    [Fact]
    public void Targets_are_stations_that_are_told_the_same()
    {
        FrrConfiguration configuration = FrrConfiguration.Read(Lab, out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);

        Assert.Equal(
            [
                new BmpStation(InternetAddress.Parse("10.0.0.9"), 1790)
                {
                    Name = "noc",
                    Feeds = BmpFeeds.IPv4PrePolicy | BmpFeeds.IPv4PostPolicy | BmpFeeds.IPv6PrePolicy,
                    StatisticsInterval = Duration.FromSeconds(5),
                    MinimumRetry = Duration.FromMilliseconds(100),
                    MaximumRetry = Duration.FromSeconds(2),
                },
                new BmpStation(InternetAddress.Parse("2001:db8::9"), 1791)
                {
                    Name = "noc",
                    Feeds = BmpFeeds.IPv4PrePolicy | BmpFeeds.IPv4PostPolicy | BmpFeeds.IPv6PrePolicy,
                    StatisticsInterval = Duration.FromSeconds(5),
                    MaximumRetry = Duration.FromSeconds(60),
                    LocalAddress = InternetAddress.Parse("10.255.0.1"),
                },
                new BmpStation(InternetAddress.Parse("10.0.0.8"), 1790)
                {
                    Name = "other",
                    Feeds = BmpFeeds.IPv6PostPolicy,
                    StatisticsInterval = Duration.FromSeconds(60),
                },
            ],
            Compile(configuration).Stations);
        Assert.Single(configuration.Router!.Networks);
    }

    [Fact]
    public void No_takes_back_a_feed_a_station_and_all_targets()
    {
        FrrConfiguration configuration = FrrConfiguration.Read(Lab, out _);
        FrrReader reader = new(configuration);
        foreach (string line in (string[])[
            "router bgp 65001", "bmp targets noc", "no bmp monitor ipv4 unicast post-policy", "no bmp stats",
            "no bmp connect 2001:db8::9 port 1791", "neighbor 10.0.1.3 remote-as 65003", "no bmp targets other"])
        {
            Assert.True(reader.TryRead(line, out _, out string message), message);
        }

        BgpSpeakerConfiguration compiled = Compile(configuration);
        BmpStation left = Assert.Single(compiled.Stations);
        Assert.Equal(BmpFeeds.PrePolicy, left.Feeds);
        Assert.Equal(Duration.Zero, left.StatisticsInterval);
        Assert.Equal(2, compiled.Neighbors.Count);
    }

    [Theory]
    [InlineData("bmp connect 10.0.0.9", "'port N' is missing")]
    [InlineData("bmp monitor ipv4 unicast loc-rib", "'loc-rib' is not supported: pre-policy or post-policy")]
    [InlineData("bmp monitor l2vpn evpn pre-policy", "'l2vpn' is not supported: ipv4 unicast or ipv6 unicast")]
    [InlineData("bmp mirror", "unknown command")]
    [InlineData("bmp stats interval 5", "'5' is not a number from 100 to 86400000")]
    public void What_is_not_there_is_said(string line, string problem)
    {
        FrrReader reader = new(new FrrConfiguration());
        reader.TryRead("router bgp 65001", out _, out _);
        reader.TryRead("bmp targets noc", out _, out _);

        Assert.False(reader.TryRead(line, out _, out string message));
        Assert.StartsWith(problem, message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Show_bmp_says_who_is_connected_and_who_is_waited_for()
    {
        Laboratory lab = new();
        BgpSpeaker r1 = lab.Add(1, 65001, c => c with
        {
            Stations =
            [
                new BmpStation(Laboratory.AddressOf(9), BmpStation.UsualPort) { Name = "noc", Feeds = BmpFeeds.IPv4PrePolicy },
                new BmpStation(Laboratory.AddressOf(8), 1790) { Name = "noc", Feeds = BmpFeeds.IPv4PrePolicy },
            ],
        });
        BmpCollector unused = new(lab, 9);
        lab.Network.AddNode(Laboratory.AddressOf(8));
        r1.Start();
        lab.Run(10);

        Assert.True(ShowBgp.TryRun(r1, "show bmp", out string text));
        Assert.Equal(
            """
            BMP state for BGP VRF default:

              Targets "noc":
                Route Monitoring IPv4 unicast pre-policy

                Outbound connections:
                  remote                state                         timer     local
                  10.0.0.9:11019        Up          10.0.0.9          00:00:09  10.0.0.1
                  10.0.0.8:1790         RetryWait                     00:00:20

                1 connected clients:
                  remote                uptime      MonSent           ByteSent  ByteQ
                  10.0.0.9:11019        00:00:09    0                 34        0

            """,
            text);
        Assert.Equal(1, unused.Connections);
    }

    private static BgpSpeakerConfiguration Compile(FrrConfiguration configuration) =>
        FrrCompiler.Compile(configuration, new FrrEnvironment
        {
            AddressOf = device => configuration.Interfaces[device].Addresses.First().Address,
            RouterId = IPv4Address.Parse("10.255.0.1"),
        }).Speaker;
}
