using System;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;

namespace Netemu.Core.Tests.Wire;

/// <summary>Where "parameter problem" points to: offsets count from the start of the header, whose options start at 20.</summary>
public sealed class IPv4OptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("01010100")]
    [InlineData("00FFFFFF")]
    [InlineData("94040000")]
    [InlineData("0707040000000000")]
    [InlineData("070B0800000000000000000000")]
    [InlineData("0703040000000000")]
    [InlineData("07070A0000000000")]
    [InlineData("4408050000000000")]
    [InlineData("440C050100000000000000000000")]
    [InlineData("4404050000000000")]
    [InlineData("8207000000000000")]
    [InlineData("8307040000000000")]
    [InlineData("FF04ABCD")]
    [InlineData("01", 0)]
    [InlineData("94", 20)]
    [InlineData("9401", 20)]
    [InlineData("940500", 20)]
    [InlineData("01010194", 23)]
    [InlineData("94030000", 21)]
    [InlineData("07020000", 21)]
    [InlineData("0707030000000000", 22)]
    [InlineData("0707050000000000", 22)]
    [InlineData("070704000000000707040000000000", 27)]
    [InlineData("44030500", 21)]
    [InlineData("4408040000000000", 22)]
    [InlineData("4408050100000000", 22)]
    [InlineData("440805F000000000")]
    [InlineData("440809F000000000", 23)]
    [InlineData("440809F300000000")]
    [InlineData("83020000", 21)]
    [InlineData("8307030000000000", 22)]
    [InlineData("83070400000000890704000000000000", 27)]
    public void An_error_is_found_where_the_kernel_finds_it(string options, int expected = 0) =>
        Assert.Equal(expected, IPv4Options.FindError(Hex.Parse(new string('0', 40) + options)));

    [Fact]
    public void Random_options_end_in_an_offset_within_the_header()
    {
        RandomSource random = new(1, "ipv4-options");
        byte[] header = new byte[60];
        for (int round = 0; round < 200_000; round++)
        {
            random.NextBytes(header);
            header[20] = random.NextChance(1, 2) ? (byte)7 : (byte)68;
            header[21] = (byte)random.NextBelow(12);
            int length = 20 + (int)random.NextBelow(41);
            int error = IPv4Options.FindError(header.AsSpan(0, length));
            Assert.True(error == 0 || (error >= 20 && error < length), $"{error} of {length}");
        }
    }
}
