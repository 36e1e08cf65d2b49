using Netemu.Core.Time;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Numbers with units, exact to the last digit.</summary>
public sealed class QuantityTests
{
    [Theory]
    [InlineData("50us", 50_000L)]
    [InlineData("1.5s", 1_500_000_000L)]
    [InlineData("1m30s", 90_000_000_000L)]
    [InlineData("0.000000001s", 1L)]
    [InlineData("2 h", 7_200_000_000_000L)]
    [InlineData("0", 0L)]
    [InlineData("1.30ms", 1_300_000L)]
    public void A_duration_is_whole_nanoseconds(string text, long nanoseconds)
    {
        Assert.Equal(QuantityError.None, Quantity.TryParseDuration(text, out Duration value));
        Assert.Equal(nanoseconds, value.Nanoseconds);
    }

    [Theory]
    [InlineData("10", QuantityError.NoUnit)]
    [InlineData("0.5ns", QuantityError.TooFine)]
    [InlineData("1fortnight", QuantityError.UnknownUnit)]
    [InlineData("-1s", QuantityError.Malformed)]
    [InlineData("", QuantityError.Malformed)]
    [InlineData("s", QuantityError.Malformed)]
    [InlineData(".5s", QuantityError.Malformed)]
    [InlineData("5.s", QuantityError.Malformed)]
    [InlineData("9999999999h", QuantityError.TooLarge)]
    [InlineData("99999999999999999999s", QuantityError.TooLarge)]
    public void What_is_no_duration_has_its_reason(string text, QuantityError reason)
    {
        Assert.Equal(reason, Quantity.TryParseDuration(text, out _));
    }

    [Theory]
    [InlineData("10gbit", 10_000_000_000L, QuantityError.None)]
    [InlineData("1.5Mbit", 1_500_000L, QuantityError.None)]
    [InlineData("64kibit", 65_536L, QuantityError.None)]
    [InlineData("10mbps", 0L, QuantityError.Ambiguous)]
    [InlineData("10Mb/s", 0L, QuantityError.Ambiguous)]
    [InlineData("10", 0L, QuantityError.NoUnit)]
    [InlineData("10MB", 0L, QuantityError.UnknownUnit)]
    public void A_rate_is_bits_per_second(string text, long bits, QuantityError reason)
    {
        Assert.Equal(reason, Quantity.TryParseRate(text, out BitRate rate));
        Assert.Equal(bits, rate.BitsPerSecond);
    }

    [Theory]
    [InlineData("1500", 1500L, QuantityError.None)]
    [InlineData("64KiB", 65_536L, QuantityError.None)]
    [InlineData("10kB", 10_000L, QuantityError.None)]
    [InlineData("1.5KiB", 1_536L, QuantityError.None)]
    [InlineData("0.3KiB", 0L, QuantityError.TooFine)]
    [InlineData("1KiBit", 0L, QuantityError.UnknownUnit)]
    public void A_size_is_bytes(string text, long bytes, QuantityError reason)
    {
        Assert.Equal(reason, Quantity.TryParseSize(text, out long size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("0.1%", 1_000, QuantityError.None)]
    [InlineData("100%", 1_000_000, QuantityError.None)]
    [InlineData("0.0001%", 1, QuantityError.None)]
    [InlineData("0.00001%", 0, QuantityError.TooFine)]
    [InlineData("100.1%", 0, QuantityError.TooLarge)]
    [InlineData("0.5", 0, QuantityError.NoUnit)]
    public void A_share_is_parts_per_million(string text, int parts, QuantityError reason)
    {
        Assert.Equal(reason, Quantity.TryParseProbability(text, out Probability share));
        Assert.Equal(parts, share.PartsPerMillion);
        if (reason == QuantityError.None)
        {
            Assert.Equal(text, share.ToString());
        }
    }
}
