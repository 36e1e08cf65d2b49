using System;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Core.Tests.Addresses;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("02:00:00:00:00:11", 0x020000000011UL, "02:00:00:00:00:11")]
    [InlineData("EE:ee:Ee:eE:EE:ee", 0xEEEEEEEEEEEEUL, "ee:ee:ee:ee:ee:ee")]
    [InlineData("01-80-C2-00-00-0E", 0x0180C200000EUL, "01:80:c2:00:00:0e")]
    public void Six_octets_read_with_colons_or_hyphens(string text, ulong value, string canonical)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress mac));
        Assert.Equal(value, mac.Value);
        Assert.Equal(canonical, mac.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:00:00:00:00")]
    [InlineData("02:00:00:00:00:1")]
    [InlineData("02:00:00:00:00:111")]
    [InlineData("02:00:00:00:00:11:")]
    [InlineData("020000000011")]
    [InlineData("0200.0000.0011")]
    [InlineData("02:00:00:00:00:0g")]
    [InlineData("02:00-00:00-00:11")]
    [InlineData("02.00.00.00.00.11")]
    [InlineData("0:200:00:00:00:11")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(MacAddress.TryParse(text, out MacAddress mac));
        Assert.Equal(default, mac);
        Assert.Throws<FormatException>(() => MacAddress.Parse(text));
    }

    [Fact]
    public void Text_and_bytes_round_trip() => Law.Holds(AddressGenerators.Mac, mac =>
    {
        byte[] bytes = new byte[6];
        mac.Write(bytes);
        Assert.Equal(Convert.ToHexStringLower(bytes), mac.ToString().Replace(":", string.Empty, StringComparison.Ordinal));
        Assert.Equal(mac, MacAddress.Read(bytes));
        Assert.Equal(mac, MacAddress.Parse(mac.ToString()));
    });

    [Theory]
    [InlineData("01:00:5e:00:00:01", true, false, false)]
    [InlineData("33:33:00:00:00:01", true, true, false)]
    [InlineData("02:00:00:00:00:01", false, true, false)]
    [InlineData("00:00:00:00:00:01", false, false, false)]
    [InlineData("01:80:c2:00:00:00", true, false, true)]
    [InlineData("01:80:c2:00:00:0f", true, false, true)]
    [InlineData("01:80:c2:00:00:10", true, false, false)]
    [InlineData("ff:ff:ff:ff:ff:ff", true, true, false)]
    public void The_first_octet_tells_group_and_local_addresses(string text, bool multicast, bool local, bool reserved)
    {
        MacAddress mac = MacAddress.Parse(text);

        Assert.Equal((multicast, local, reserved), (mac.IsMulticast, mac.IsLocal, mac.IsLinkLocalGroup));
    }

    [Fact]
    public void Group_addresses_carry_the_low_bits_of_the_IP_group()
    {
        // RFC 1112 section 6.4 keeps 23 bits, RFC 2464 section 7 keeps 32.
        Assert.Equal("01:00:5e:7f:01:02", MacAddress.Multicast(IPv4Address.Parse("239.255.1.2")).ToString());
        Assert.Equal("33:33:ff:0e:8c:6c", MacAddress.Multicast(IPv6Address.Parse("ff02::1:ff0e:8c6c")).ToString());
    }

    [Fact]
    public void The_modified_EUI64_is_that_of_RFC_2464()
    {
        // RFC 2464 section 4: 34-56-78-9A-BC-DE gives 36-56-78-FF-FE-9A-BC-DE.
        Assert.Equal(0x365678FFFE9ABCDEUL, MacAddress.Parse("34:56:78:9a:bc:de").ToEui64());
    }
}
