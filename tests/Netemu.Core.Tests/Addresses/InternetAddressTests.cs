using System;
using Netemu.Core.Addresses;

namespace Netemu.Core.Tests.Addresses;

public sealed class InternetAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", AddressFamily.IPv4, "0A000001")]
    [InlineData("::1", AddressFamily.IPv6, "00000000000000000000000000000001")]
    [InlineData("::ffff:10.0.0.1", AddressFamily.IPv6, "00000000000000000000FFFF0A000001")]
    public void Text_decides_the_family(string text, AddressFamily family, string bytes)
    {
        InternetAddress address = InternetAddress.Parse(text);
        byte[] written = new byte[16];

        int length = address.Write(written);

        Assert.Equal(family, address.Family);
        Assert.Equal(bytes, Convert.ToHexString(written, 0, length));
        Assert.Equal(text, address.ToString());
        Assert.False(address.IsNone);
    }

    [Fact]
    public void The_default_is_no_address()
    {
        InternetAddress none = default;

        Assert.True(none.IsNone);
        Assert.False(none.IsIPv4 || none.IsIPv6);
        Assert.Equal("none", none.ToString());
        Assert.False(none.TryGet(out IPv4Address _));
        Assert.False(InternetAddress.TryParse("localhost", out InternetAddress parsed));
        Assert.Equal(none, parsed);
    }

    [Fact]
    public void A_generic_family_gets_back_what_it_put_in()
    {
        IPv4Address v4 = IPv4Address.Parse("192.0.2.1");
        IPv6Address v6 = IPv6Address.Parse("2001:db8::1");

        Assert.True(InternetAddress.From(v4).TryGet(out IPv4Address v4Back));
        Assert.True(InternetAddress.From(v6).TryGet(out IPv6Address v6Back));
        Assert.Equal((v4, v6), (v4Back, v6Back));
        Assert.False(InternetAddress.From(v4).TryGet(out IPv6Address _));
        Assert.NotEqual<InternetAddress>(v4, new IPv6Address(0, v4.Value));
    }

    [Fact]
    public void IPv4_sorts_before_IPv6()
    {
        InternetAddress[] addresses = [IPv6Address.Any, IPv4Address.Broadcast, IPv6Address.Loopback, IPv4Address.Any];

        Array.Sort(addresses);

        Assert.Equal(["0.0.0.0", "255.255.255.255", "::", "::1"], Array.ConvertAll(addresses, address => address.ToString()));
    }
}
