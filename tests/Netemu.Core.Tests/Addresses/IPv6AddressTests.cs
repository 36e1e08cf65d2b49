using System;
using System.Net;
using FsCheck.Fluent;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Core.Tests.Addresses;

public sealed class IPv6AddressTests
{
    /// <summary>The examples of RFC 5952 sections 1 to 5, RFC 4291 section 2.2, and edges of the rules.</summary>
    [Theory]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8::1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:0:1::1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0000:0:1::1", "2001:db8::1:0:0:1")]
    [InlineData("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1")]
    [InlineData("2001:db8::aaaa:0:0:1", "2001:db8::aaaa:0:0:1")]
    [InlineData("2001:db8:0:0:aaaa::1", "2001:db8::aaaa:0:0:1")]
    [InlineData("2001:db8:0:0:0:0:2:1", "2001:db8::2:1")]
    [InlineData("2001:db8::0:1", "2001:db8::1")]
    [InlineData("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa")]
    [InlineData("FF01:0:0:0:0:0:0:101", "ff01::101")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("::", "::")]
    [InlineData("1::", "1::")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("0:0:1::", "0:0:1::")]
    [InlineData("::FFFF:129.144.52.38", "::ffff:129.144.52.38")]
    [InlineData("::ffff:c0a8:1", "::ffff:192.168.0.1")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    [InlineData("fe80::0200:5EFF:fe00:5213", "fe80::200:5eff:fe00:5213")]
    public void An_address_is_written_in_canonical_form(string text, string canonical)
    {
        Assert.True(IPv6Address.TryParse(text, out IPv6Address address));
        Assert.Equal(canonical, address.ToString());
        Assert.Equal(canonical, IPv6Address.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("1:::2")]
    [InlineData("12345::")]
    [InlineData("00001::")]
    [InlineData("g::")]
    [InlineData("::1 ")]
    [InlineData(" ::1")]
    [InlineData("::1%eth0")]
    [InlineData("::1/128")]
    [InlineData("[::1]")]
    [InlineData("1.2.3.4")]
    [InlineData("::1.2.3")]
    [InlineData("::1.2.3.4.5")]
    [InlineData("::1.2.3.256")]
    [InlineData("::01.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::a.2.3.4")]
    [InlineData("-1::")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(IPv6Address.TryParse(text, out IPv6Address address));
        Assert.Equal(default, address);
        Assert.Throws<FormatException>(() => IPv6Address.Parse(text));
    }

    [Fact]
    public void Text_and_bytes_round_trip_and_the_platform_reads_the_same() => Law.Holds(AddressGenerators.IPv6, address =>
    {
        byte[] bytes = new byte[16];
        address.Write(bytes);
        Assert.Equal(address, IPv6Address.Read(bytes));
        Assert.Equal(address, IPv6Address.Parse(address.ToString()));
        Assert.Equal(bytes, IPAddress.Parse(address.ToString()).GetAddressBytes());
    });

    [Fact]
    public void Masks_lasts_and_sums_are_those_of_128_bit_numbers() => Law.Holds(
        AddressGenerators.IPv6.SelectMany(_ => Gen.Choose(0, 128), (address, length) => (Address: address, Length: length)),
        test =>
        {
            UInt128 value = Value(test.Address);
            UInt128 mask = test.Length == 0 ? 0 : UInt128.MaxValue << (128 - test.Length);
            Assert.Equal(value & mask, Value(test.Address.Mask(test.Length)));
            Assert.Equal(value | ~mask, Value(test.Address.Last(test.Length)));
            Assert.Equal(unchecked(value + (UInt128)test.Length), Value(test.Address.Add(test.Length)));
            Assert.Equal(unchecked(value - (UInt128)test.Length), Value(test.Address.Add(-test.Length)));
        });

    [Fact]
    public void Extracted_bits_are_those_of_the_binary_text() => Law.Holds(
        AddressGenerators.IPv6.SelectMany(_ => Gen.Choose(0, 140), (address, offset) => (Address: address, Offset: offset))
            .SelectMany(_ => Gen.Choose(1, 32), (pair, count) => (pair.Address, pair.Offset, Count: count)),
        test =>
        {
            string bits = (test.Address.High.ToString("b64") + test.Address.Low.ToString("b64")).PadRight(192, '0');
            Assert.Equal(Convert.ToUInt32(bits.Substring(test.Offset, test.Count), 2), test.Address.ExtractBits(test.Offset, test.Count));
        });

    [Theory]
    [InlineData("fe80::1", false, false, true)]
    [InlineData("febf:ffff::", false, false, true)]
    [InlineData("fec0::", false, false, false)]
    [InlineData("ff02::1", false, true, false)]
    [InlineData("::1", true, false, false)]
    [InlineData("::2", false, false, false)]
    [InlineData("1::1", false, false, false)]
    public void An_address_knows_its_special_ranges(string text, bool loopback, bool multicast, bool linkLocal)
    {
        IPv6Address address = IPv6Address.Parse(text);

        Assert.Equal((loopback, multicast, linkLocal), (address.IsLoopback, address.IsMulticast, address.IsLinkLocal));
    }

    [Fact]
    public void Derived_addresses_are_those_of_the_RFCs()
    {
        MacAddress mac = MacAddress.Parse("02:11:22:33:44:55");

        // RFC 4291 appendix A: FFFE in the middle, the universal/local bit inverted.
        Assert.Equal("fe80::11:22ff:fe33:4455", IPv6Address.LinkLocal(mac).ToString());

        // RFC 4291 section 2.7.1's own example.
        Assert.Equal("ff02::1:ff0e:8c6c", IPv6Address.SolicitedNode(IPv6Address.Parse("4037::01:800:200e:8c6c")).ToString());
        Assert.Equal("ff02::1", IPv6Address.AllNodes.ToString());
        Assert.Equal("ff02::2", IPv6Address.AllRouters.ToString());
        Assert.Equal(2, IPv6Address.AllNodes.MulticastScope);
    }

    [Fact]
    public void Order_is_that_of_the_bytes() => Law.Holds(AddressGenerators.IPv6.Two(), pair =>
        Math.Sign(pair.Item1.CompareTo(pair.Item2)) == Math.Sign(Value(pair.Item1).CompareTo(Value(pair.Item2)))
        && pair.Item1 < pair.Item2 == Value(pair.Item1) < Value(pair.Item2)
        && pair.Item1 >= pair.Item2 == Value(pair.Item1) >= Value(pair.Item2));

    private static UInt128 Value(IPv6Address address) => new(address.High, address.Low);
}
