using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>Lists and route maps line by line, as bgpd of FRR 8.4.4 has them.</summary>
public sealed class FrrListTests
{
    private const string Router = "router bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n neighbor 10.0.0.2 route-map M in\n";

    [Theory]
    [InlineData("ip prefix-list L permit 10.0.0.0/8 le 32", "match ip address prefix-list L", true)]
    [InlineData("access-list L permit 10.0.0.0/8", "match ip address prefix-list L", false)]
    [InlineData("access-list L permit 10.0.0.0/8", "match ip address L", true)]
    [InlineData("ip prefix-list L permit 10.0.0.0/8 le 32", "match ip address L", false)]
    [InlineData("ip prefix-list L permit any", "match ipv6 address prefix-list L", false)]
    [InlineData("ipv6 prefix-list L permit any", "match ip address prefix-list L", false)]
    public void A_name_is_a_list_of_its_kind_and_family(string list, string match, bool accepted)
    {
        Assert.Equal(accepted, Accepts($"{list}\nroute-map M permit 10\n {match}\n{Router}", "10.1.0.0/16"));
    }

    [Fact]
    public void Any_of_an_IPv6_list_is_of_IPv6()
    {
        Assert.True(Accepts($"ipv6 prefix-list L permit any\nroute-map M permit 10\n match ipv6 address prefix-list L\n{Router}", "2001:db8::/48"));
        FrrConfiguration.Read("ipv6 prefix-list L permit 10.0.0.0/8\n", out IReadOnlyList<FrrProblem> problems);
        Assert.Equal((27, "'10.0.0.0/8' is of the other family: ipv6 prefix-list L permit 10.0.0.0/8"), (problems.Single().Column, problems.Single().Message));
    }

    [Theory]
    [InlineData("no ip prefix-list L permit 10.0.0.0/8 le 32", false)]
    [InlineData("no ip prefix-list L seq 5", false)]
    [InlineData("no ip prefix-list L seq 5 permit 10.0.0.0/8 le 32", false)]
    [InlineData("no ip prefix-list L permit 11.0.0.0/8", true)]
    [InlineData("ip prefix-list L seq 3 deny any", false)]
    public void An_entry_goes_by_its_number_or_by_its_words(string line, bool accepted)
    {
        string text = $"ip prefix-list L permit 10.0.0.0/8 le 32\nip prefix-list L permit 11.0.0.0/8\n{line}\nroute-map M permit 10\n match ip address prefix-list L\n{Router}";
        Assert.Equal(accepted, Accepts(text, "10.1.0.0/16"));
    }

    [Theory]
    [InlineData("no bgp community-list standard L permit 65001:1", "65001:1", false)]
    [InlineData("no bgp community-list standard L permit 65001:1", "65001:2", true)]
    [InlineData("no bgp community-list standard L", "65001:2", false)]
    public void A_community_list_loses_one_entry_or_all(string line, string community, bool accepted)
    {
        string text = $"bgp community-list standard L permit 65001:1\nbgp community-list standard L permit 65001:2\n{line}\nroute-map M permit 10\n match community L\n{Router}";
        Assert.Equal(accepted, Accepts(text, "10.1.0.0/16", set => set.Communities.Add(CommunityOf(community))));
    }

    [Theory]
    [InlineData("standard L permit rt 65001:9", true)]
    [InlineData("standard L permit rt 65001:9 soo 10.0.0.1:2", true)]
    [InlineData("standard L permit rt 65001:8", false)]
    [InlineData("standard L permit soo 65001:9", false)]
    [InlineData("standard L deny rt 65001:9", false)]
    [InlineData("expanded L permit SoO:10.0.0.1:2", true)]
    [InlineData("expanded L permit RT:6500[2-9]", false)]
    public void Extended_communities_can_be_matched(string list, bool accepted)
    {
        string text = $"bgp extcommunity-list {list}\nroute-map M permit 10\n match extcommunity L\n{Router}";
        Assert.Equal(accepted, Accepts(text, "10.1.0.0/16", set => set.ExtendedCommunities.AddRange([0x0002_FDE9_0000_0009, 0x0103_0A00_0001_0002])));
    }

    [Theory]
    [InlineData("permit 10\n match rpki valid", false)]
    [InlineData("permit 10\n match rpki notfound", false)]
    [InlineData("deny 10\n match rpki invalid\nroute-map M permit 20", true)]
    public void Without_a_cache_no_route_is_valid_invalid_or_not_found(string map, bool accepted) =>
        Assert.Equal(accepted, Accepts($"rpki\n rpki polling_period 300\nexit\nroute-map M {map}\n{Router}", "10.1.0.0/16"));

    [Theory]
    [InlineData("rpki\n rpki cache 10.0.0.9 3323 preference 1\n", "no RPKI cache can be asked here")]
    [InlineData("route-map M permit 10\n match rpki unknown\n", "'unknown' is not valid, invalid or notfound")]
    public void A_cache_is_not_passed_over(string text, string problem)
    {
        FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        Assert.StartsWith(problem, problems.Single().Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_one_kind()
    {
        FrrConfiguration.Read("bgp extcommunity-list standard L permit rt 65001:9\nbgp extcommunity-list expanded L permit .*\n", out IReadOnlyList<FrrProblem> problems);
        Assert.Contains("'L' is a list of the other kind", problems.Single().Message, System.StringComparison.Ordinal);
        FrrConfiguration.Read("bgp extcommunity-list standard L permit rt 65001\n", out problems);
        Assert.Contains("'65001' is not AS:number", problems.Single().Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Extended_communities_are_added_to_those_that_are_there()
    {
        PathAttributesBuilder set = new();
        set.Clear();
        Assert.True(Import($"route-map M permit 10\n set extcommunity rt 65001:1 4200000001:3\n set extcommunity soo 10.0.0.1:2\n{Router}")
            .Evaluate(new PolicyRoute(InternetPrefix.Parse("10.0.0.0/8"), set)));

        Assert.Equal(
            "RT:65001:1 SoO:10.0.0.1:2 RT:4200000001:3",
            string.Join(' ', set.ExtendedCommunities.Select(value => new ExtendedCommunity(value))));
    }

    [Theory]
    [InlineData("no set as-path prepend 65001")]
    [InlineData("no set as-path prepend")]
    [InlineData("no set ip next-hop")]
    [InlineData("no set metric 5")]
    [InlineData("no match community")]
    [InlineData("no match ip address prefix-list L")]
    public void A_clause_goes_by_the_words_that_say_what_it_is_of(string line)
    {
        string[] lines = ["match community C", "match ip address prefix-list L", "set as-path prepend 65001", "set ip next-hop 10.0.0.9", "set metric 5"];
        FrrConfiguration configuration = FrrConfiguration.Read($"route-map M permit 10\n {string.Join("\n ", lines)}\n {line}\n", out IReadOnlyList<FrrProblem> problems);

        Assert.Empty(problems);
        FrrRouteMapEntry entry = configuration.FindRouteMap("M")!.Entries[10];
        IEnumerable<string> left = entry.Matches.Select(match => "match " + match.Words).Concat(entry.Sets.Select(set => "set " + set.Words));
        Assert.Equal(lines.Where(other => !other.StartsWith(string.Join(' ', line.Split(' ').Skip(1).Take(3)), System.StringComparison.Ordinal)), left);
    }

    private static bool Accepts(string text, string prefix, System.Action<PathAttributesBuilder>? prepare = null)
    {
        PathAttributesBuilder set = new();
        set.Clear();
        prepare?.Invoke(set);
        return Import(text).Evaluate(new PolicyRoute(InternetPrefix.Parse(prefix), set));
    }

    private static RoutePolicy Import(string text)
    {
        FrrConfiguration configuration = FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);
        return FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Neighbors.Single().Configuration.Import!;
    }

    private static Community CommunityOf(string text)
    {
        Assert.True(Community.TryParse(text, out Community community));
        return community;
    }
}
