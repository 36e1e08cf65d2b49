using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Tests.Routing.Lpm;

public sealed class PrefixTableTests
{
    [Fact]
    public void Entries_come_in_order_of_address_and_shorter_first()
    {
        PrefixTable<IPv4Address> table = new();
        foreach (string text in (string[])["10.1.0.0/16", "0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16", "10.0.0.0/16", "10.0.0.1/32"])
        {
            table.Set(Prefix<IPv4Address>.Parse(text), 1);
        }

        Assert.Equal(
            ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.1/32", "10.1.0.0/16", "192.168.0.0/16"],
            table.Entries().Select(e => e.Prefix.ToString()));
    }

    [Fact]
    public void A_table_keeps_its_entries_across_the_limit_of_sixteen_in_both_directions()
    {
        // Given 17 prefixes: a trie.
        PrefixTable<IPv4Address> table = new();
        for (int i = 0; i < 17; i++)
        {
            Assert.Equal(-1, table.Set(PrefixNumber(i), i));
        }

        Assert.NotNull(table.Trie);
        Assert.Equal(Enumerable.Range(0, 17), table.Entries().Select(e => e.Value));

        // When it shrinks to eight, then it is an array again; and it may grow once more.
        for (int i = 16; i >= 8; i--)
        {
            Assert.Equal(i, table.Remove(PrefixNumber(i)));
        }

        Assert.Null(table.Trie);
        Assert.Equal(Enumerable.Range(0, 8), table.Entries().Select(e => e.Value));
        for (int i = 8; i < 40; i++)
        {
            table.Set(PrefixNumber(i), i);
        }

        Assert.Equal(Enumerable.Range(0, 40), table.Entries().Select(e => e.Value));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void Only_the_exact_prefix_is_found_replaced_or_removed(int others)
    {
        PrefixTable<IPv4Address> table = new();
        for (int i = 0; i < others; i++)
        {
            table.Set(PrefixNumber(i), i);
        }

        Prefix<IPv4Address> prefix = Prefix<IPv4Address>.Parse("192.168.0.0/16");
        Assert.Equal(-1, table.Set(prefix, 100));
        Assert.Equal(100, table.Set(prefix, 101));
        Assert.True(table.TryFind(prefix, out int value));
        Assert.Equal(101, value);
        Assert.False(table.TryFind(Prefix<IPv4Address>.Parse("192.168.0.0/17"), out _));
        Assert.False(table.TryFind(Prefix<IPv4Address>.Parse("192.168.0.0/15"), out _));
        Assert.Equal(-1, table.Remove(Prefix<IPv4Address>.Parse("192.168.0.0/17")));
        Assert.Equal(others + 1, table.Count);
        Assert.Equal(101, table.Remove(prefix));
        Assert.Equal(-1, table.Remove(prefix));
        Assert.Equal(others, table.Count);
    }

    private static Prefix<IPv4Address> PrefixNumber(int number) => new(new IPv4Address(10, 0, (byte)number, 0), 24);
}
