using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Frr;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>What holds for every line of the tables of FRR's language.</summary>
public sealed class FrrStatementTests
{
    private static readonly BgpNeighborConfiguration s_neighbor = new()
    {
        RemoteAs = 65002,
        LocalAs = 65003,
        LocalAsNoPrepend = true,
        Description = "the other one",
        Shutdown = true,
        ShutdownMessage = "out of order",
        Password = "secret",
        Role = BgpRole.Provider,
        RoleStrict = true,
        TtlSecurityHops = 2,
        LocalAddress = InternetAddress.Parse("10.0.0.1"),
        Port = 1179,
        Bfd = true,
        Passive = true,
        Multihop = true,
        MultihopTtl = 255,
        EnforceFirstAs = true,
        ExtendedNextHop = true,
        Timers = BgpTimers.Of(TimerProfile.Frr) with
        {
            KeepaliveTime = 7,
            HoldTime = 21,
            ConnectRetry = Duration.FromSeconds(9),
            DelayOpen = Duration.FromSeconds(4),
            AdvertisementIntervalExternal = Duration.FromSeconds(5),
            AdvertisementIntervalInternal = Duration.FromSeconds(5),
        },
        GracefulRestart = true,
        GracefulRestartHelperOnly = false,
        AddPathSend = true,
        AddPathReceive = false,
        RouteReflectorClient = true,
        NextHop = NextHopMode.Self,
        RemovePrivateAs = PrivateAsMode.Replace,
        AsOverride = true,
        SendCommunities = CommunityKinds.Large,
        DefaultOriginate = true,
        MaximumPrefixes = 12,
        MaximumPrefixesWarningOnly = true,
        RouteServerClient = true,
        AllowedOwnAs = 2,
        Weight = 33,
    };

    [Fact]
    public void No_words_stand_in_a_table_twice()
    {
        foreach (IEnumerable<FrrStatement> table in new IEnumerable<FrrStatement>[]
        {
            FrrRouterStatements.All, FrrFamilyStatements.All, FrrSessionStatements.All, FrrNeighborFamilyStatements.All, FrrMatchStatements.All, FrrSetStatements.All,
        })
        {
            Assert.All(table.CountBy(statement => statement.Words), words => Assert.Equal(1, words.Value));
        }
    }

    [Fact]
    public void A_switch_of_the_router_is_written_as_it_was_read_one_way_or_the_other()
    {
        int switches = 0;
        foreach (FrrRouterStatement statement in FrrRouterStatements.All)
        {
            HashSet<string> written = [];
            foreach (string line in (string[])[statement.Words, "no " + statement.Words])
            {
                FrrConfiguration configuration = FrrConfiguration.Read($"router bgp 65001\n {line}\n", out IReadOnlyList<FrrProblem> problems);
                written.UnionWith(problems.Count > 0 ? [] : FrrWriter.Write(configuration).Split('\n').Select(one => one.Trim()).Where(one => one == line));
            }

            Assert.InRange(written.Count, 0, 1);
            switches += written.Count;
        }

        Assert.InRange(switches, 20, FrrRouterStatements.All.Length);
    }

    [Fact]
    public void The_lines_that_a_neighbour_could_have_been_made_by_make_it()
    {
        BgpSpeakerConfiguration speaker = new() { As = 65001, RouterId = IPv4Address.Parse("1.1.1.1"), Timers = BgpTimers.Of(TimerProfile.Frr) };
        FrrPeer given = new("10.0.0.2");
        FrrTranslation.Fill(given, s_neighbor, speaker);
        IEnumerable<FrrPeer.Setting> lines = given.General.Values.Concat(given.IPv4.Values);

        string text = string.Concat(lines.Select(line => $"{(line.IsNegated ? "no " : "")}neighbor 10.0.0.2 {line.Words}\n"));
        FrrConfiguration configuration = FrrConfiguration.Read("router bgp 65001\nneighbor 10.0.0.2 remote-as 65002\n" + text, out IReadOnlyList<FrrProblem> problems);

        Assert.Empty(problems);
        FrrPeer read = configuration.Router!.FindPeer("10.0.0.2")!;
        Assert.Equal(given.General.Keys.Append("remote-as").Order(), read.General.Keys.Order());
        Assert.Equal(given.IPv4.Keys, read.IPv4.Keys);
        BgpNeighborConfiguration made = FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Neighbors.Single().Configuration;
        Assert.Equal(s_neighbor, made with
        {
            // What FRR has besides by default, and what is an object of its own.
            AnyAs = s_neighbor.AnyAs,
            DefaultOriginatePolicy = null,
            KeepsNextHopOnLink = false,
            LongLivedGracefulRestart = false,
            RequiresPolicy = s_neighbor.RequiresPolicy,
            SendBackToSender = false,
            RestartTime = s_neighbor.RestartTime,
            StaleTime = s_neighbor.StaleTime,
            GracefulNotification = s_neighbor.GracefulNotification,
            PreservesForwarding = s_neighbor.PreservesForwarding,
        });
    }
}
