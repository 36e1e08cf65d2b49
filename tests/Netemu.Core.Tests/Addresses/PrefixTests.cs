using System;
using FsCheck.Fluent;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Core.Tests.Addresses;

/// <summary>Prefixes of one family and of either, and addresses with their on-link length.</summary>
public sealed class PrefixTests
{
    [Theory]
    [InlineData("10.1.2.3/24", "10.1.2.0/24")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("10.1.2.3/0", "0.0.0.0/0")]
    [InlineData("10.1.2.3/32", "10.1.2.3/32")]
    [InlineData("2001:db8::1/64", "2001:db8::/64")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("ffff::/0", "::/0")]
    public void A_prefix_is_kept_in_canonical_form(string text, string canonical)
    {
        Assert.True(InternetPrefix.TryParse(text, out InternetPrefix prefix));
        Assert.Equal(canonical, prefix.ToString());
        Assert.Equal(canonical, prefix.IsIPv4 ? prefix.IPv4.ToString() : prefix.IPv6.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/24")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/008")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/4294967304")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("::/129")]
    [InlineData("::/0128")]
    [InlineData("::g/64")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(InternetPrefix.TryParse(text, out InternetPrefix prefix));
        Assert.Equal(default, prefix);
        Assert.False(Prefix<IPv4Address>.TryParse(text, out _));
        Assert.False(Prefix<IPv6Address>.TryParse(text, out _));
        Assert.False(InterfaceAddress<IPv4Address>.TryParse(text, out _));
        Assert.Throws<FormatException>(() => InternetPrefix.Parse(text));
    }

    [Fact]
    public void A_length_past_the_address_is_a_bug_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prefix<IPv4Address>(IPv4Address.Any, 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prefix<IPv6Address>(IPv6Address.Any, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InternetPrefix(IPv4Address.Any, 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InternetPrefix(IPv6Address.Any, 129));
    }

    [Fact]
    public void A_prefix_contains_what_agrees_with_it_in_its_length() => Law.Holds(
        AddressGenerators.IPv4.Two().SelectMany(_ => Gen.Choose(0, 32), (pair, length) => (pair.Item1, pair.Item2, Length: length)),
        test =>
        {
            Prefix<IPv4Address> prefix = new(test.Item1, test.Length);
            IPv4Address near = new(test.Item1.Value ^ (test.Item2.Value >> Math.Min(test.Length, 31)));
            bool expected = (test.Item1.Value ^ near.Value) >>> 0 == 0
                || System.Numerics.BitOperations.LeadingZeroCount(test.Item1.Value ^ near.Value) >= test.Length;
            Assert.Equal(expected, prefix.Contains(near));
            Assert.True(prefix.Contains(prefix.Address.Last(test.Length)));
            Assert.Equal(expected, ((InternetPrefix)prefix).Contains(near));
            Assert.False(((InternetPrefix)prefix).Contains(IPv6Address.Any));
        });

    [Fact]
    public void A_prefix_contains_itself_and_longer_ones_only()
    {
        Prefix<IPv6Address> wide = Prefix<IPv6Address>.Parse("2001:db8::/32");

        Assert.True(wide.Contains(wide));
        Assert.True(wide.Contains(Prefix<IPv6Address>.Parse("2001:db8:1::/48")));
        Assert.False(wide.Contains(Prefix<IPv6Address>.Parse("2001:db9::/48")));
        Assert.False(wide.Contains(Prefix<IPv6Address>.Parse("2001::/16")));
        Assert.False(((InternetPrefix)wide).Contains((InternetPrefix)Prefix<IPv6Address>.Default));
        Assert.False(((InternetPrefix)Prefix<IPv4Address>.Default).Contains((InternetPrefix)wide));
    }

    [Fact]
    public void Prefixes_sort_by_family_then_address_then_length()
    {
        string[] sorted = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1/32", "::/0", "::/64", "::1/128"];
        InternetPrefix[] prefixes = Array.ConvertAll(sorted, text => InternetPrefix.Parse(text));

        Array.Reverse(prefixes);
        Array.Sort(prefixes);

        Assert.Equal(sorted, Array.ConvertAll(prefixes, prefix => prefix.ToString()));
    }

    [Fact]
    public void Text_round_trips() => Law.Holds(
        AddressGenerators.IPv6.SelectMany(_ => Gen.Choose(0, 128), (address, length) => new Prefix<IPv6Address>(address, length)),
        prefix => prefix == Prefix<IPv6Address>.Parse(prefix.ToString())
            && prefix == InternetPrefix.Parse(prefix.ToString()).IPv6);

    [Fact]
    public void An_interface_address_keeps_its_host_bits()
    {
        Assert.True(InterfaceAddress<IPv4Address>.TryParse("10.1.2.3/24", out InterfaceAddress<IPv4Address> address));

        Assert.Equal("10.1.2.3/24", address.ToString());
        Assert.Equal("10.1.2.0/24", address.Prefix.ToString());
    }
}
