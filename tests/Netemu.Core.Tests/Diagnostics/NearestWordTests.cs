using Netemu.Core.Diagnostics;

namespace Netemu.Core.Tests.Diagnostics;

public sealed class NearestWordTests
{
    [Theory]
    [InlineData("rotuer", "router")] // two neighbours swapped count once
    [InlineData("bridg", "bridge")]
    [InlineData("Bridge", "bridge")]
    [InlineData("hosst", "host")]
    [InlineData("fridge", "bridge")]
    [InlineData("switch", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_word_is_meant_if_about_a_third_of_its_letters_or_fewer_differ(string typed, string? meant) =>
        Assert.Equal(meant, NearestWord.Find(typed, ["host", "router", "bridge"]));

    [Fact]
    public void The_first_of_equally_near_words_is_taken() =>
        Assert.Equal("eth0", NearestWord.Find("eth", ["eth0", "eth1"]));

    [Fact]
    public void Nobody_means_a_word_of_which_no_letter_was_typed() =>
        Assert.Null(NearestWord.Find("xy", ["a", "b"]));

    [Fact]
    public void A_very_long_word_is_nobodys_typing_error() =>
        Assert.Null(NearestWord.Find(new string('a', 10_000), [new string('a', 9_999)]));
}
