using System;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Tests.Selectors;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("all()", "", true)]
    [InlineData("all( )", "a=1", true)]
    [InlineData("global()", "", true)]
    [InlineData("global()", "projectcalico.org/namespace=red", false)]
    [InlineData("has(a)", "a=1", true)]
    [InlineData("has( a )", "a=1", true)]
    [InlineData("has(a)", "b=1", false)]
    [InlineData("!has(a)", "b=1", true)]
    [InlineData("a == 'b'", "a=b", true)]
    [InlineData("a=='b'", "a=b", true)]
    [InlineData("a == \"b\"", "a=b", true)]
    [InlineData("a == 'b'", "a=c", false)]
    [InlineData("a == 'b'", "", false)]
    [InlineData("a == ''", "a=", true)]
    [InlineData("a != 'b'", "a=c", true)]
    [InlineData("a != 'b'", "a=b", false)]
    [InlineData("a != 'b'", "", true)]
    [InlineData("a in {'b', 'c'}", "a=c", true)]
    [InlineData("a in {'b', 'c',}", "a=c", true)]
    [InlineData("a in {}", "a=c", false)]
    [InlineData("a in{'b'}", "", false)]
    [InlineData("a not in {'b'}", "a=c", true)]
    [InlineData("a notin {'b'}", "a=b", false)]
    [InlineData("a not in {'b'}", "", true)]
    [InlineData("a contains 'mid'", "a=amidst", true)]
    [InlineData("a contains 'mid'", "", false)]
    [InlineData("a starts with 'am'", "a=amidst", true)]
    [InlineData("a starts with 'mid'", "a=amidst", false)]
    [InlineData("a ends\twith 'st'", "a=amidst", true)]
    [InlineData("a ends with 'st'", "", false)]
    [InlineData("!a == 'b'", "a=b", false)]
    [InlineData("!a == 'b'", "a=c", true)]
    [InlineData("!!a == 'b'", "a=b", true)]
    [InlineData("!(a == 'b' || has(c))", "c=1", false)]
    [InlineData("a == 'b' && c == 'd'", "a=b,c=d", true)]
    [InlineData("a == 'b' && c == 'd'", "a=b", false)]
    [InlineData("a == 'x' || c == 'd'", "c=d", true)]
    [InlineData("a == 'x' || b == 'y' && c == 'z'", "b=y", false)]
    [InlineData("(a == 'x' || b == 'y') && c == 'z'", "b=y,c=z", true)]
    [InlineData("projectcalico.org/name_x.y-z == 'q'", "projectcalico.org/name_x.y-z=q", true)]
    [InlineData("in in {'in'}", "in=in", true)]
    [InlineData("contains contains 'a'", "contains=a", true)]
    [InlineData("has == 'x'", "has=x", true)]
    public void A_selector_matches_labels_as_the_grammar_says(string text, string labels, bool expected)
    {
        Selector selector = Selector.Parse(text);

        Assert.Equal(expected, selector.Matches(Labels(labels)));

        // Then its canonical text means the same.
        Selector again = Selector.Parse(selector.ToString());
        Assert.Equal(selector, again);
        Assert.Equal(expected, again.Matches(Labels(labels)));
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a =", 2)]
    [InlineData("a == b", 5)]
    [InlineData("a == 'b", 5)]
    [InlineData("a == 'b' &&", 11)]
    [InlineData("a == 'b' c", 9)]
    [InlineData("(a == 'b'", 9)]
    [InlineData("a == 'b')", 8)]
    [InlineData("a in 'b'", 5)]
    [InlineData("a in {'b' 'c'}", 10)]
    [InlineData("a in {,}", 6)]
    [InlineData("has()", 4)]
    [InlineData("every()", 0)]
    [InlineData("all(x)", 4)]
    [InlineData("a == 'b' & c == 'd'", 9)]
    [InlineData("a == 'b'\n&& c == 'd'", 8)]
    [InlineData("$", 0)]
    [InlineData("!", 1)]
    public void An_error_says_where_it_is(string text, int offset)
    {
        Assert.False(Selector.TryParse(text, out _, out SelectorError error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void Every_truncation_and_deep_nesting_end_without_an_exception()
    {
        const string text = "!(a == 'b' || c not in {'d', 'e'}) && f starts with 'g' || has(h) && all()";
        for (int length = 0; length < text.Length; length++)
        {
            _ = Selector.TryParse(text[..length], out _, out _);
        }

        Assert.False(Selector.TryParse(new string('(', 100_000), out _, out SelectorError error));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
        Assert.True(Selector.TryParse(new string('!', 100_000) + "has(a)", out Selector selector, out _));
        Assert.True(selector.Matches(Labels("a=1")));
    }

    [Fact]
    public void A_namespace_selector_looks_at_inherited_labels()
    {
        Selector selector = Selector.Parse("env == 'dev' && !has(x)").WithPrefix("pcns.");

        Assert.Equal("(pcns.env == \"dev\" && !has(pcns.x))", selector.ToString());
        Assert.Equal("has(projectcalico.org/namespace)", Selector.All.WithPrefix("pcns.").ToString());
    }

    [Fact]
    public void A_restriction_is_the_narrowest_condition_that_must_hold()
    {
        Assert.Null(Selector.Parse("a != 'b'").Restriction);
        Assert.Equal("c", Selector.Parse("has(a) && c == 'd'").Restriction!.Key);
        Assert.Equal(["1", "2", "3"], Selector.Parse("a in {'1','2'} || a == '3'").Restriction!.Values!);
        Assert.Null(Selector.Parse("a == '1' || b == '2'").Restriction);
        Assert.Null(Selector.Parse("a == '1' || has(a)").Restriction!.Values);
    }

    private static LabelSet Labels(string text)
    {
        LabelSet labels = LabelSet.Empty;
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            labels = labels.With(pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
        }

        return labels;
    }
}
