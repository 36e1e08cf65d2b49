using System;
using System.Net;
using FsCheck.Fluent;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Core.Tests.Addresses;

public sealed class IPv4AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", 0x00000000u)]
    [InlineData("10.1.2.3", 0x0A010203u)]
    [InlineData("127.0.0.1", 0x7F000001u)]
    [InlineData("192.168.100.200", 0xC0A864C8u)]
    [InlineData("255.255.255.255", 0xFFFFFFFFu)]
    public void A_dotted_quad_reads_and_writes_as_its_value(string text, uint value)
    {
        Assert.True(IPv4Address.TryParse(text, out IPv4Address address));
        Assert.Equal(value, address.Value);
        Assert.Equal(text, address.ToString());
        Assert.Equal(text, $"{address}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.4.")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.999")]
    [InlineData("1.2.3.1000")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.00")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.a")]
    [InlineData("-1.2.3.4")]
    [InlineData("+1.2.3.4")]
    [InlineData("1.2.3.4/24")]
    [InlineData("1,2,3,4")]
    [InlineData("١.2.3.4")]
    public void Anything_but_a_strict_dotted_quad_is_refused(string text)
    {
        Assert.False(IPv4Address.TryParse(text, out IPv4Address address));
        Assert.Equal(default, address);
        Assert.Throws<FormatException>(() => IPv4Address.Parse(text));
    }

    [Fact]
    public void Text_and_bytes_round_trip_and_agree_with_the_platform() => Law.Holds(AddressGenerators.IPv4, address =>
    {
        byte[] bytes = new byte[4];
        address.Write(bytes);
        Assert.Equal(new IPAddress(bytes).ToString(), address.ToString());
        Assert.Equal(address, IPv4Address.Parse(address.ToString()));
        Assert.Equal(address, IPv4Address.Read(bytes));
    });

    [Theory]
    [InlineData("127.255.255.255", nameof(IPv4Address.IsLoopback))]
    [InlineData("224.0.0.0", nameof(IPv4Address.IsMulticast))]
    [InlineData("239.255.255.255", nameof(IPv4Address.IsMulticast))]
    [InlineData("169.254.1.1", nameof(IPv4Address.IsLinkLocal))]
    [InlineData("0.1.2.3", nameof(IPv4Address.IsZeroNet))]
    [InlineData("0.0.0.0", nameof(IPv4Address.IsZeroNet) + "," + nameof(IPv4Address.IsUnspecified))]
    [InlineData("240.0.0.1", nameof(IPv4Address.IsReserved))]
    [InlineData("255.255.255.255", nameof(IPv4Address.IsReserved) + "," + nameof(IPv4Address.IsBroadcast))]
    [InlineData("126.255.255.255", "")]
    [InlineData("128.0.0.0", "")]
    [InlineData("223.255.255.255", "")]
    [InlineData("169.253.255.255", "")]
    public void An_address_knows_its_special_ranges(string text, string ranges)
    {
        IPv4Address address = IPv4Address.Parse(text);

        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsLoopback), StringComparison.Ordinal), address.IsLoopback);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsMulticast), StringComparison.Ordinal), address.IsMulticast);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsLinkLocal), StringComparison.Ordinal), address.IsLinkLocal);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsZeroNet), StringComparison.Ordinal), address.IsZeroNet);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsUnspecified), StringComparison.Ordinal), address.IsUnspecified);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsReserved), StringComparison.Ordinal), address.IsReserved);
        Assert.Equal(ranges.Contains(nameof(IPv4Address.IsBroadcast), StringComparison.Ordinal), address.IsBroadcast);
    }

    [Theory]
    [InlineData(0, 0x00000000u)]
    [InlineData(1, 0x80000000u)]
    [InlineData(24, 0xFFFFFF00u)]
    [InlineData(31, 0xFFFFFFFEu)]
    [InlineData(32, 0xFFFFFFFFu)]
    public void A_mask_has_as_many_leading_ones_as_the_length(int length, uint mask)
    {
        Assert.Equal(mask, IPv4Address.MaskOf(length));
        Assert.Equal(new IPv4Address(mask & 0xA5A5A5A5), new IPv4Address(0xA5A5A5A5).Mask(length));
        Assert.Equal(new IPv4Address(~mask | 0xA5A5A5A5), new IPv4Address(0xA5A5A5A5).Last(length));
    }

    [Fact]
    public void Extracted_bits_are_those_of_the_binary_text() => Law.Holds(
        AddressGenerators.IPv4.SelectMany(_ => Gen.Choose(0, 40), (address, offset) => (Address: address, Offset: offset))
            .SelectMany(_ => Gen.Choose(1, 32), (pair, count) => (pair.Address, pair.Offset, Count: count)),
        test =>
        {
            string bits = test.Address.Value.ToString("b32").PadRight(96, '0');
            Assert.Equal(Convert.ToUInt32(bits.Substring(test.Offset, test.Count), 2), test.Address.ExtractBits(test.Offset, test.Count));
        });

    [Theory]
    [InlineData("10.0.0.255", 1, "10.0.1.0")]
    [InlineData("10.0.1.0", -1, "10.0.0.255")]
    [InlineData("255.255.255.255", 1, "0.0.0.0")]
    [InlineData("0.0.0.0", -1, "255.255.255.255")]
    [InlineData("10.0.0.1", 4294967296, "10.0.0.1")]
    public void Adding_carries_and_wraps(string text, long offset, string expected) =>
        Assert.Equal(expected, IPv4Address.Parse(text).Add(offset).ToString());

    [Fact]
    public void Order_is_that_of_the_bytes()
    {
        IPv4Address low = IPv4Address.Parse("9.255.255.255");
        IPv4Address high = IPv4Address.Parse("200.0.0.0");

        Assert.True(low < high && low <= high && high > low && high >= low && low.CompareTo(high) < 0);
        Assert.False(high < low || high <= low || low > high || low >= high);
    }
}
