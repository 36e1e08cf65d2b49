using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Netemu.Tests;

/// <summary>What zebra and bgpd of FRR 8.4.4 showed of a pair of routers, word for word.</summary>
public sealed class FrrZebraTests : IDisposable
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          r1: {kind: router, interfaces: {eth1: {}}, bgp: {config: r1.conf}}
          r2: {kind: router, interfaces: {eth1: {}}, bgp: {config: r2.conf}}
        links: [{endpoints: ["r1:eth1", "r2:eth1"]}]
        steps:
          - {at: 20s, exec: {in: r1, command: "true"}}

        """;

    private const string R1 = """
        interface lo
         ip address 10.255.0.1/32
        interface eth1
         ip address 10.0.1.1/30
         ipv6 address 2001:db8:1::1/64
        ip route 192.0.2.0/24 Null0
        ip route 198.51.100.0/24 10.0.1.2
        ip route 203.0.113.0/24 10.9.9.9
        ipv6 route 2001:db8:99::/48 2001:db8:1::2
        router bgp 65001
         no bgp ebgp-requires-policy
         neighbor 10.0.1.2 remote-as 65002
         neighbor 2001:db8:1::2 remote-as 65002
         neighbor 10.0.1.9 remote-as 65009
         address-family ipv4 unicast
          no neighbor 2001:db8:1::2 activate
          network 10.255.0.1/32
          redistribute static
          neighbor 10.0.1.2 soft-reconfiguration inbound
          neighbor 10.0.1.2 prefix-list P in
         address-family ipv6 unicast
          neighbor 2001:db8:1::2 activate
          network 2001:db8:99::/48
        ip prefix-list P seq 5 deny 10.255.0.2/32
        ip prefix-list P seq 10 permit any
        """;

    private const string R2 = """
        interface lo
         ip address 10.255.0.2/32
        interface eth1
         ip address 10.0.1.2/30
         ipv6 address 2001:db8:1::2/64
        ip route 172.16.0.0/16 Null0
        router bgp 65002
         no bgp ebgp-requires-policy
         neighbor 10.0.1.1 remote-as 65001
         neighbor 2001:db8:1::1 remote-as 65001
         address-family ipv4 unicast
          no neighbor 2001:db8:1::1 activate
          network 10.255.0.2/32
          network 172.16.0.0/16
         address-family ipv6 unicast
          neighbor 2001:db8:1::1 activate
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Next_hops_that_are_watched_and_the_route_to_each()
    {
        Shows(
            ("show ip nht", """
                10.0.1.2(Connected)
                 resolved via connected
                 is directly connected, eth1
                 Client list: static(fd 15) bgp(fd 32)
                10.0.1.9(Connected)
                 unresolved(Connected)
                 Client list: bgp(fd 32)
                10.9.9.9
                 unresolved
                 Client list: static(fd 15)
                10.255.0.1
                 resolved via connected
                 is directly connected, lo
                 Client list: bgp(fd 32)

                """),
            ("show ip nht 10.0.1.9", """
                10.0.1.9(Connected)
                 unresolved(Connected)
                 Client list: bgp(fd 32)

                """),
            ("show ipv6 nht vrf default", """
                2001:db8:1::2(Connected)
                 resolved via connected
                 is directly connected, eth1
                 Client list: static(fd 15) bgp(fd 32)
                2001:db8:99::
                 resolved via static
                 2001:db8:1::2, via eth1
                 Client list: bgp(fd 32)

                """),
            ("show ip nht 1.2.3.4", ""));
    }

    [Fact]
    public void Routes_are_counted_by_whose_they_are()
    {
        Shows(
            ("show ip route summary", Padded("""
                Route Source         Routes               FIB  (vrf default)
                connected            2                    2                    |
                static               2                    2                    |
                ebgp                 1                    1                    |
                ibgp                 0                    0                    |
                ------
                Totals               5                    5                    |


                """)),
            ("show ipv6 route summary prefix", Padded("""
                Route Source         Prefix Routes        FIB  (vrf default)
                connected            2                    2                    |
                static               1                    1                    |
                ------
                Totals               3                    3                    |


                """)),
            ("show ip route summary json", Json("""
                {"routes":[{"fib":2,"rib":2,"fibOffLoaded":0,"fibTrapped":0,"type":"connected"},{"fib":2,"rib":2,"fibOffLoaded":0,"fibTrapped":0,"type":"static"},
                {"fib":1,"rib":1,"fibOffLoaded":0,"fibTrapped":0,"type":"ebgp"},{"fib":0,"rib":0,"fibOffLoaded":0,"fibTrapped":0,"type":"ibgp"}],"routesTotal":5,"routesTotalFib":5}
                """)),
            ("show ipv6 route summary prefix json", Json("""
                {"prefixRoutes":[{"fib":2,"rib":2,"type":"connected"},{"fib":1,"rib":1,"type":"static"}],"prefixRoutesTotal":3,"prefixRoutesTotalFib":3}
                """)));
    }

    [Fact]
    public void A_static_route_that_is_not_the_nearest_is_not_in_the_FIB()
    {
        Shows(
            [
                "vtysh -c 'conf t' -c 'ip route 198.51.100.0/24 Null0 200'",
            ],
            ("show ip route summary", Padded("""
                Route Source         Routes               FIB  (vrf default)
                connected            2                    2                    |
                static               3                    2                    |
                ebgp                 1                    1                    |
                ibgp                 0                    0                    |
                ------
                Totals               6                    5                    |


                """)));
    }

    [Fact]
    public void Interfaces_in_brief_have_an_address_of_each_prefix()
    {
        Shows(
            [
                "ip link add d0 type veth peer name d1", "ip link set d0 up", "ip link set d1 up",
                "ip link add averylonginter type veth peer name e1", "ip link set averylonginter up",
                "ip addr add 2001:db8:7::1/64 dev d1", "ip addr add 2001:db8:8::1/64 dev d1",
                "ip addr add 10.7.0.1/24 dev averylonginter", "ip addr add 10.7.0.2/24 dev averylonginter", "ip addr add 10.6.0.2/24 dev averylonginter",
                "ip addr add 10.77.0.1/24 dev e1", "ip addr add 10.0.2.1/24 dev eth1", "ip addr add 10.0.1.1/29 dev eth1",
            ],
            ("show interface brief", Padded("""
                Interface       Status  VRF             Addresses
                ---------       ------  ---             ---------
                averylonginter  up      default         10.6.0.2/24
                                                        + 10.7.0.1/24
                d0              up      default         |
                d1              up      default         + 2001:db8:7::1/64
                e1              down    default         10.77.0.1/24
                eth1            up      default         10.0.1.1/29
                                                        10.0.1.1/30
                                                        10.0.2.1/24
                                                        + 2001:db8:1::1/64
                lo              up      default         10.255.0.1/32


                """)),
            ("show interface vrf default brief json", Json("""
                {"averylonginter":{"status":"up","vrfName":"default","addresses":["10.7.0.1/24","10.6.0.2/24"]},"d0":{"status":"up","vrfName":"default","addresses":[]},
                "d1":{"status":"up","vrfName":"default","addresses":["2001:db8:7::1/64","2001:db8:8::1/64"]},"e1":{"status":"down","vrfName":"default","addresses":["10.77.0.1/24"]},
                "eth1":{"status":"up","vrfName":"default","addresses":["10.0.1.1/30","10.0.2.1/24","10.0.1.1/29","2001:db8:1::1/64"]},
                "lo":{"status":"up","vrfName":"default","addresses":["10.255.0.1/32"]}}
                """)));
    }

    [Fact]
    public void The_next_hop_of_the_family_that_a_session_does_not_run_over_is_beside_its_address_on_the_interface()
    {
        // Given IPv4 routes over the session of IPv6, and the other way round.
        string crossed(string text, string ipv4, string ipv6) => text
            .Replace($"no neighbor {ipv6} activate", $"no neighbor {ipv4} activate\n  neighbor {ipv6} activate ", StringComparison.Ordinal)
            .Replace($"  neighbor {ipv6} activate\n", $"  neighbor {ipv4} activate\n", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), crossed(R1 + "\n", "10.0.1.2", "2001:db8:1::2"));
        File.WriteAllText(Path.Combine(_folder, "r2.conf"), crossed(R2 + "\n", "10.0.1.1", "2001:db8:1::1"));
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), Pair + """
              - {bgp: {in: r2, prefix: 192.0.2.0/24, best: {via: 10.0.1.1, as-path: "65001"}}}
              - {bgp: {in: r2, prefix: 2001:db8:99::/48, best: {via: "2001:db8:1::1", as-path: "65001"}}}
            """);

        CommandRun run = CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Update_groups_are_the_neighbours_that_are_told_the_same()
    {
        // The numbers of packets are not bgpd's: it has an UPDATE for each route here.
        string of(int number, int joins, string routes, string peers, string map = "") => $$"""
            Update-group {{number}}:
              Created: Thu Jan  1 00:00:\d\d 1970
            {{map}}  MRAI value \(seconds\): 0

              Update-subgroup {{number}}:
                Created: Thu Jan  1 00:00:\d\d 1970
                Join events: {{joins}}
                Prune events: 0
                Merge events: {{joins - 1}}
                Split events: 0
                Update group switch events: 0
                Peer refreshes combined: 0
                Merge checks triggered: 0
                Coalesce Time: 1200
                Version: \d+
                Packet queue length: 0
                Total packets enqueued: [1-9]
                Packet queue high watermark: 1
                Adj-out list count: {{routes}}
                Advertise list: empty
                Flags: 
                Max packet size: 65535
                Peers:
            {{peers}}
            """;
        string ipv4 = "(?s)\\A" + of(1, 1, "4", "      - 10.0.1.2\n") + "\\z";
        string ipv6 = "(?s)\\A" + of(2, 1, "1", "      - 2001:db8:1::2\n") + "\\z";
        Matches(
            ("show ip bgp update-groups", ipv4),
            ("show bgp ipv4 unicast update-groups detail", ipv4),
            ("show bgp update-groups", ipv6),
            ("show bgp ipv6 unicast update-groups 2", ipv6),
            ("show bgp ipv6 unicast update-groups 1", "\\A\\z"),
            ("show bgp update-groups statistics", "\\AUpdate groups created: 2\nUpdate groups deleted: 0\nUpdate subgroups created: 2\nUpdate subgroups deleted: 0\nJoin events: 2\n"
                + "Prune events: 0\nMerge events: 0\nSplit events: 0\nUpdate group switch events: 0\nPeer route refreshes combined: 0\nMerge checks triggered: 0\n\\z"));
    }

    [Fact]
    public void An_update_group_says_its_route_map_interval_and_local_AS()
    {
        Matches(
            [
                "vtysh -c 'conf t' -c 'route-map OUT permit 10' -c 'router bgp 65001' -c 'neighbor 10.0.1.2 advertisement-interval 3' -c 'neighbor 10.0.1.2 route-map OUT out'",
            ],
            ("show ip bgp update-groups", "\n  Outgoing route map: OUT\n  MRAI value \\(seconds\\): 3\n\n  Update-subgroup \\d+:\n(.*\n)*      - 10.0.1.2\n\\z"));
    }

    [Fact]
    public void Routes_of_a_neighbour_that_there_is_not_or_that_keeps_none()
    {
        const string neighbors = "show bgp ipv4 unicast neighbors";
        Shows(
            ($"{neighbors} 10.0.1.9 advertised-routes", ""),
            ($"{neighbors} 10.0.1.9 received-routes", "% Inbound soft reconfiguration not enabled\n"),
            ($"{neighbors} 10.0.1.9 filtered-routes", "% Inbound soft reconfiguration not enabled\n"),
            ($"{neighbors} 10.0.1.9 routes", ""),
            ($"{neighbors} 10.0.1.9 received-routes json", Json("""{ "warning": "Inbound soft reconfiguration not enabled" }""")),
            ("show bgp ipv6 unicast neighbors 10.0.1.2 advertised-routes", "% No such neighbor or address family\n"),
            ("show bgp ipv6 unicast neighbors 10.0.1.2 routes", "% No such neighbor or address family\n"),
            ("show bgp ipv6 unicast neighbors 10.0.1.2 filtered-routes json", Json("""{ "warning": "No such neighbor or address family" }""")),
            ($"{neighbors} 10.0.1.77 advertised-routes", "No such neighbor in this view/vrf\n"),
            ($"{neighbors} 10.0.1.77 routes json", Json("""{"warning":"No such neighbor in this view/vrf"}""")),
            ($"{neighbors} foo advertised-routes", "% Malformed address or name: foo\n"),
            ($"{neighbors} foo received-routes json", Json("""{"malformedAddressOrName":"foo"}""")),
            ($"{neighbors} 10.0.1.9 advertised-routes json", Json("""{"advertisedRoutes":{},"totalPrefixCounter":0,"filteredPrefixCounter":0}""")));
    }

    /// <summary>What stands at the end of a line before a mark is blank.</summary>
    private static string Padded(string text) => text.Replace("|", "", StringComparison.Ordinal);

    /// <summary>JSON with the blanks that are written here.</summary>
    private static string Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            document.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private void Shows(params (string Command, string Text)[] shows) => Shows([], shows);

    private void Shows(string[] commands, params (string Command, string Text)[] shows) =>
        Matches(commands, [.. shows.Select(show => (show.Command, $"\\A{Regex.Escape(show.Text)}\\z"))]);

    private void Matches(params (string Command, string Pattern)[] shows) => Matches([], shows);

    private void Matches(string[] commands, params (string Command, string Pattern)[] shows)
    {
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), R1);
        File.WriteAllText(Path.Combine(_folder, "r2.conf"), R2);
        string steps = string.Concat(commands.Select(command => $"  - {{exec: {{in: r1, command: {JsonSerializer.Serialize(command)}}}}}\n"))
            + "  - {wait: 5s}\n"
            + string.Concat(shows.Select(show =>
                $"  - {{exec: {{in: r1, command: \"vtysh -c '{show.Command}'\"}}, expect: {{matches: {JsonSerializer.Serialize(show.Pattern)}}}}}\n"));
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), Pair + steps);
        CommandRun run = CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }
}
