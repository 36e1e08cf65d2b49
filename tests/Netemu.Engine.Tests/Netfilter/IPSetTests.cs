using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

public sealed class IPSetTests
{
    [Fact]
    public void A_set_of_addresses_matches_source_or_destination()
    {
        using FilterLab lab = new();
        lab.Filter.Sets.Create("hosts", SetType.HashIP, V4, out IPSet hosts);
        hosts.Add(InternetAddress.Parse("10.0.0.2"));
        lab.Table(TableName.Filter, Base(
            "FORWARD",
            Rule(null, new RuleMatch.Set("hosts", [SetDirection.Source])),
            Rule(null, new RuleMatch.Set("hosts", [SetDirection.Destination])),
            Rule(Drop, new RuleMatch.Set("hosts", [SetDirection.Source]), new RuleMatch.Icmp(0))));

        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1).Packets);
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 2).Packets);
        Assert.Equal(["echo from 10.0.1.2"], lab.TakeEvents());
    }

    [Fact]
    public void Networks_ports_and_pairs_match_in_their_dimensions()
    {
        using FilterLab lab = new();
        SetTable sets = lab.Filter.Sets;
        sets.Create("nets", SetType.HashNet, V4, out IPSet nets);
        sets.Create("ports", SetType.HashIPPort, V4, out IPSet ports);
        sets.Create("pairs", SetType.HashNetNet, V4, out IPSet pairs);
        sets.Create("list", SetType.ListSet, V4, out _);
        nets.Add(InternetPrefix.Parse("10.0.1.0/25"));
        ports.Add(new SetMember(InternetPrefix.Parse("10.0.1.2/32"), IPProtocol.Udp, 53));
        pairs.Add(new SetMember(InternetPrefix.Parse("10.0.0.0/8"), Second: InternetPrefix.Parse("10.0.1.0/24")));
        sets.AddToList("list", "nets");
        SetDirection[] destination = [SetDirection.Destination];
        SetDirection[] both = [SetDirection.Destination, SetDirection.Destination];
        lab.Table(TableName.Filter, Base(
            "FORWARD",
            Rule(null, new RuleMatch.Set("nets", [.. destination])),
            Rule(null, new RuleMatch.Set("ports", [.. both])),
            Rule(null, new RuleMatch.Set("pairs", [SetDirection.Source, SetDirection.Destination])),
            Rule(null, new RuleMatch.Set("list", [.. destination])),
            Rule(null, new RuleMatch.Set("nets", [.. destination], Negated: true))));

        lab.Send(lab.Open(lab.Client, 4000), "10.0.1.2", 53);
        lab.Send(lab.Open(lab.Client, 4001), "10.0.1.200", 54);

        Assert.Equal([1L, 1, 2, 1], Enumerable.Range(1, 4).Select(n => lab.Filter.Counter(V4, TableName.Filter, "FORWARD", n).Packets));
    }

    [Fact]
    public void A_swap_changes_what_rules_see_at_once()
    {
        using FilterLab lab = new();
        SetTable sets = lab.Filter.Sets;
        sets.Create("a", SetType.HashIP, V4, out IPSet a);
        sets.Create("b", SetType.HashIP, V4, out _);
        a.Add(InternetAddress.Parse("10.0.0.2"));
        lab.Table(TableName.Filter, Base("FORWARD", Rule(Drop, new RuleMatch.Set("b", [SetDirection.Source]))));
        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(SetError.None, sets.Swap("a", "b"));
        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(["echo from 10.0.1.2"], lab.TakeEvents());
        Assert.Equal(SetError.InUse, sets.Destroy("b"));
        Assert.Equal(SetError.None, sets.Destroy("a"));
        lab.Table(TableName.Filter);
        Assert.Equal(SetError.None, sets.Destroy("b"));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using FilterLab lab = new();
        lab.Filter.Sets.Create("s", SetType.HashIP, V4, out IPSet set, maximumElements: 1);

        Assert.Equal(SetError.Exists, lab.Filter.Sets.Create("s", SetType.HashIP, V4, out _));
        Assert.Equal(SetError.WrongFamily, set.Add(InternetAddress.Parse("::1")));
        Assert.Equal(SetError.WrongType, set.Add(InternetPrefix.Parse("10.0.0.0/8")));
        Assert.Equal(SetError.None, set.Add(InternetAddress.Parse("10.0.0.1")));
        Assert.Equal(SetError.Exists, set.Add(InternetAddress.Parse("10.0.0.1")));
        Assert.Equal(SetError.Full, set.Add(InternetAddress.Parse("10.0.0.2")));
        Assert.Equal(SetError.NotFound, set.Remove(InternetAddress.Parse("10.0.0.2")));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(700)]
    [InlineData(20_000)]
    public void Tables_of_members_agree_with_a_set_of_the_library_under_churn(int different)
    {
        RandomSource random = new(1, $"test/members/{different}");
        NumberTable<uint> addresses = new();
        NumberTable<ulong> packed = new();
        MemberTable<WideMember> wide = new();
        SortedSet<uint> expected = [];
        for (int i = 0; i < 100_000; i++)
        {
            // Waves, so that the tables are at times as full as they get.
            uint number = (uint)random.NextBelow(different);
            if (random.NextChance(i / different % 2 == 0 ? 9 : 2, 10))
            {
                bool added = expected.Add(number);
                Assert.Equal((added, added, added), (addresses.Add(number), packed.Add(Spread(number)), wide.Add(Wide(number))));
            }
            else
            {
                bool removed = expected.Remove(number);
                Assert.Equal(
                    (removed, removed, removed), (addresses.Remove(number), packed.Remove(Spread(number)), wide.Remove(Wide(number))));
            }
        }

        foreach ((NumberTable<uint> numbers, NumberTable<ulong> spread) in new[] { (addresses, packed), (addresses.Clone(), packed.Clone()) })
        {
            Assert.Equal(expected, numbers.Members().Order());
            Assert.Equal(expected.Select(Spread).Order(), spread.Members().Order());
            Assert.Equal((expected.Count, expected.Count, expected.Count), (numbers.Count, spread.Count, wide.Count));
            Assert.All(
                Enumerable.Range(0, different),
                n => Assert.Equal((expected.Contains((uint)n), expected.Contains((uint)n)), (numbers.Contains((uint)n), spread.Contains(Spread((uint)n)))));
        }
    }

    [Fact]
    public void The_unspecified_address_is_a_member_as_any_other()
    {
        IPSet set = new SetTable().FindOrCreate("s", SetType.HashIP, AddressFamily.IPv4);
        Assert.Equal(SetError.None, set.Add(InternetAddress.Parse("0.0.0.0")));
        Assert.Equal(SetError.None, set.Add(InternetAddress.Parse("10.0.0.1")));
        Assert.Equal(SetError.Exists, set.Add(InternetAddress.Parse("0.0.0.0")));
        Assert.Equal(["0.0.0.0/32", "10.0.0.1/32"], set.Members.Select(member => member.Address.ToString()));
        Assert.Equal(SetError.None, set.Remove(InternetAddress.Parse("0.0.0.0")));
        Assert.Equal(["10.0.0.1/32"], set.Members.Select(member => member.Address.ToString()));
    }

    private static ulong Spread(uint number) => (ulong)number << 24;

    private static WideMember Wide(uint number) => new(0, number, 0, 0, 1);
}
