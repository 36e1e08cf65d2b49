using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Tests.Yaml;

/// <summary>Trees, places and findings of the YAML reader.</summary>
public sealed class YamlReaderTests
{
    private readonly DiagnosticBag _diagnostics = new();

    [Fact]
    public void Keys_and_values_know_their_place()
    {
        YamlMapping root = ReadMapping("a: 1\nbc:\n  - \"x\"\n  - y\n");

        Assert.Equal(new SourceRange("f.yaml", 1, 1, 1, 2), root.Entries[0].Key.Range);
        Assert.Equal(new SourceRange("f.yaml", 1, 4, 1, 5), root.Entries[0].Value.Range);
        Assert.Equal(new SourceRange("f.yaml", 2, 1, 2, 3), root.Entries[1].Key.Range);
        YamlSequence list = Assert.IsType<YamlSequence>(root["bc"]);
        Assert.Equal(new SourceRange("f.yaml", 3, 5, 3, 8), list.Items[0].Range);
        Assert.Equal((4, 6), (list.Range.EndLine, list.Range.EndColumn));
    }

    [Fact]
    public void A_flow_collection_ends_after_its_bracket()
    {
        YamlMapping root = ReadMapping("a: [1, 2]\n");

        Assert.Equal(new SourceRange("f.yaml", 1, 4, 1, 10), root["a"]!.Range);
    }

    [Fact]
    public void The_style_of_a_scalar_is_kept_and_only_a_plain_one_is_typed()
    {
        YamlMapping root = ReadMapping("a: true\nb: \"true\"\nc: 'true'\nd: |\n  true\ne: >\n  true\n");

        Assert.Equal(
            [
                YamlScalarStyle.Plain, YamlScalarStyle.DoubleQuoted, YamlScalarStyle.SingleQuoted,
                YamlScalarStyle.Literal, YamlScalarStyle.Folded,
            ],
            root.Entries.Select(e => ((YamlScalar)e.Value).Style));
        Assert.Equal([true, false, false, false, false], root.Entries.Select(e => ((YamlScalar)e.Value).TryGetBoolean(out _)));
    }

    [Theory]
    [InlineData("true", true, false)]
    [InlineData("False", true, false)]
    [InlineData("on", false, true)]
    [InlineData("No", false, true)]
    [InlineData("y", false, true)]
    [InlineData("x", false, false)]
    public void Only_true_and_false_are_booleans(string text, bool boolean, bool legacy)
    {
        YamlScalar scalar = (YamlScalar)ReadMapping($"a: {text}\n")["a"]!;

        Assert.Equal(boolean, scalar.TryGetBoolean(out _));
        Assert.Equal(legacy, scalar.IsLegacyBoolean);
    }

    [Theory]
    [InlineData("12", 12L)]
    [InlineData("-3", -3L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0o17", 15L)]
    [InlineData("017", 17L)]
    [InlineData("1.5", null)]
    [InlineData("\"1\"", null)]
    [InlineData("0x", null)]
    [InlineData("0o", null)]
    [InlineData("0o777777777777777777777777777", null)]
    public void Integers_follow_the_core_schema(string text, long? expected)
    {
        YamlScalar scalar = (YamlScalar)ReadMapping($"a: {text}\n")["a"]!;

        Assert.Equal(expected, scalar.TryGetInteger(out long value) ? value : null);
    }

    [Fact]
    public void Documents_come_in_order_and_empty_ones_are_left_out()
    {
        IReadOnlyList<YamlNode> documents = Read("---\na: 1\n---\n# nothing\n---\n- 2\n...\n");

        Assert.Equal(["a mapping", "a sequence"], documents.Select(d => d.KindName));
        Assert.False(_diagnostics.HasErrors);
    }

    [Fact]
    public void Anchors_and_merge_keys_are_applied_and_own_keys_win()
    {
        YamlMapping root = ReadMapping(
            "base: &base {mtu: 1500, rate: 1gbit}\nother: &other {rate: 5, delay: 1ms}\nlink:\n  <<: [*base, *other]\n  mtu: 9000\nsame: *base\n");

        YamlMapping link = Assert.IsType<YamlMapping>(root["link"]);
        Assert.Equal(["mtu=9000", "rate=1gbit", "delay=1ms"], link.Entries.Select(e => $"{e.Name}={((YamlScalar)e.Value).Value}"));
        Assert.Same(root["base"], root["same"]);
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", "f.yaml:2:1: error E1004: key 'a' stands twice in this mapping", "the first one is at f.yaml:1:1")]
    [InlineData("selector: !has(a)\n", "f.yaml:1:11: error E1005: explicit tag '!has(a)'", "quote a value that starts with '!'")]
    [InlineData("cmd: ! x\n", "f.yaml:1:6: error E1005: explicit tag '!'", "quote a value that starts with '!'")]
    [InlineData("a: !!str 1\n", "f.yaml:1:4: error E1005: explicit tag '!!str'", "remove the tag")]
    [InlineData("a: *b\n", "f.yaml:1:4: error E1006: alias '*b' refers to no anchor before it", "quote a value")]
    [InlineData("a: &b [*b]\n", "f.yaml:1:8: error E1006: alias '*b' stands inside its own anchor", null)]
    [InlineData("a: {{ .Values.x }}\n", "f.yaml:1:5: error E1007: a key must be a scalar, not a mapping", "template")]
    [InlineData("<<: 1\n", "f.yaml:1:1: error E1008: '<<' needs a mapping or a list of mappings, not a scalar", null)]
    [InlineData("a:\n\tb: 1\n", "f.yaml:2:1: error E1001", "indent with spaces")]
    [InlineData("a: [1\nb: 2\n", "f.yaml:2:1: error E1001: this is not YAML", null)]
    [InlineData("a: \"x\n", "f.yaml:", null)]
    [InlineData("a: b\0c\n", "f.yaml:1:5: error E1002: character U+0000 cannot stand in YAML", "binary")]
    [InlineData("a: @b\n", "f.yaml:1:4: error E1001", "quote a value")]
    public void A_fault_is_named_with_its_place_and_a_hint(string text, string message, string? hint)
    {
        Read(text);

        Diagnostic finding = _diagnostics.Items[0];
        Assert.StartsWith(message, finding.ToString(), System.StringComparison.Ordinal);
        if (hint is not null)
        {
            Assert.Contains(hint, finding.Hint, System.StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_faults_that_do_not_break_the_syntax_are_found_in_one_go()
    {
        Read("a: 1\na: 2\nb: !x y\nc: *d\n");

        Assert.Equal(["E1004", "E1005", "E1006"], _diagnostics.Items.Select(d => d.Code));
    }

    [Fact]
    public void A_syntax_error_keeps_the_documents_before_it()
    {
        IReadOnlyList<YamlNode> documents = Read("a: 1\n---\nb: [\n");

        Assert.Single(documents);
        Assert.Equal("E1001", Assert.Single(_diagnostics.Items).Code);
    }

    private YamlMapping ReadMapping(string text)
    {
        YamlMapping root = Assert.IsType<YamlMapping>(Assert.Single(Read(text)));
        Assert.Empty(_diagnostics.Items);
        return root;
    }

    private IReadOnlyList<YamlNode> Read(string text) => YamlReader.Read(text, "f.yaml", _diagnostics);
}
