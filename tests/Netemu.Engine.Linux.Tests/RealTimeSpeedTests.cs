namespace Netemu.Engine.Linux.Tests;

public sealed class RealTimeSpeedTests
{
    [Theory]
    [InlineData("1", 1_000_000)]
    [InlineData("0.5", 500_000)]
    [InlineData("10x", 10_000_000)]
    [InlineData("0.000001", 1)]
    [InlineData("2.25", 2_250_000)]
    public void A_speed_is_read_exactly(string text, long millionths)
    {
        Assert.True(RealTimeSpeed.TryParse(text, out RealTimeSpeed speed));
        Assert.Equal(millionths, speed.Millionths);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("fast")]
    [InlineData("1.")]
    [InlineData("0.0000001")]
    [InlineData("1e3")]
    [InlineData("1001")]
    public void What_is_no_speed_is_refused(string text) => Assert.False(RealTimeSpeed.TryParse(text, out _));

    [Fact]
    public void Virtual_time_is_never_ahead_of_the_wall()
    {
        foreach (long millionths in (long[])[1, 3, 333_333, 1_000_000, 7_000_001])
        {
            RealTimeSpeed speed = new(millionths);
            foreach (long time in (long[])[0, 1, 999, 1_000_000_007, 3_600_000_000_000])
            {
                Assert.True(speed.ToVirtual(speed.ToWall(time)) >= time);
                Assert.True(speed.ToWall(speed.ToVirtual(time)) <= time + 1);
            }
        }
    }
}
