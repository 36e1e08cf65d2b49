using System;
using Netemu.Core.Time;

namespace Netemu.Core.Tests.Time;

public sealed class DurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_500, "1500ns")]
    [InlineData(50_000, "50us")]
    [InlineData(5_000_000, "5ms")]
    [InlineData(1_500_000_000, "1500ms")]
    [InlineData(60_000_000_000, "60s")]
    [InlineData(-1_000, "-1us")]
    public void A_duration_is_written_in_the_largest_unit_that_stays_whole(long nanoseconds, string text) =>
        Assert.Equal(text, new Duration(nanoseconds).ToString());

    [Fact]
    public void Units_convert()
    {
        Assert.Equal(new Duration(7), Duration.FromNanoseconds(7));
        Assert.Equal(new Duration(7_000), Duration.FromMicroseconds(7));
        Assert.Equal(new Duration(7_000_000), Duration.FromMilliseconds(7));
        Assert.Equal(new Duration(7_000_000_000), Duration.FromSeconds(7));
        Assert.Equal(7, Duration.FromMilliseconds(7).Milliseconds);
        Assert.Equal(7_000, Duration.FromMilliseconds(7).Microseconds);
        Assert.Equal(Duration.FromMilliseconds(7), TimeSpan.FromMilliseconds(7));
        Assert.Equal(TimeSpan.FromMilliseconds(7), Duration.FromMilliseconds(7).ToTimeSpan());
    }

    [Fact]
    public void Arithmetic_is_that_of_whole_nanoseconds()
    {
        Duration five = new(5);
        Duration two = new(2);

        Assert.Equal(new Duration(7), five + two);
        Assert.Equal(new Duration(3), five - two);
        Assert.Equal(new Duration(15), five * 3);
        Assert.Equal(new Duration(2), five / 2);
        Assert.True(two < five && two <= five && five > two && five >= two && two.CompareTo(five) < 0);
    }

    [Fact]
    public void Instants_and_durations_combine()
    {
        SimTime start = new(10);

        Assert.Equal(new SimTime(15), start + new Duration(5));
        Assert.Equal(new SimTime(5), start - new Duration(5));
        Assert.Equal(new Duration(4), new SimTime(14) - start);
        Assert.True(SimTime.Zero < start && SimTime.Zero <= start && SimTime.Never > start && start >= SimTime.Zero);
        Assert.Equal(default, SimTime.Zero);
    }

    [Theory]
    [InlineData(0L, "0.000000000")]
    [InlineData(1L, "0.000000001")]
    [InlineData(1_500_000_000L, "1.500000000")]
    [InlineData(86_400_000_000_001L, "86400.000000001")]
    [InlineData(long.MaxValue, "never")]
    public void An_instant_is_written_in_seconds_with_nine_digits(long nanoseconds, string text) =>
        Assert.Equal(text, new SimTime(nanoseconds).ToString());
}
