using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Tests.Yaml;

/// <summary>Hostile text costs little time and memory, and ends in findings with a place.</summary>
public sealed class YamlHostilityTests
{
    private const string Sample =
        "a: &x [1, \"two\", 'three', {k: v}]\nb: {<<: {c: d}, e: *x}\nf: |\n  text\n  more\ng: >-\n  folded\n---\n- !t u\n- ? k\n  : v\n# end\n";

    public static TheoryData<string, string> Bombs() => new()
    {
        { "flow sequences", new string('[', 200_000) },
        { "flow mappings", string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "flow mappings without keys", new string('{', 200_000) },
        { "block sequences", string.Concat(Enumerable.Repeat("- ", 200_000)) + "x" },
        { "complex keys", string.Concat(Enumerable.Repeat("? ", 200_000)) + "x" },
        { "block mappings", Staircase(2_000) },
        { "aliases that double", Doubling(levels: 40) },
        { "aliases that deepen", Deepening(levels: 40) },
        { "merges that double", Merging(levels: 40) },
        { "duplicate keys", string.Concat(Enumerable.Repeat("a: 1\n", 200_000)) },
        { "tags", string.Concat(Enumerable.Repeat("- !t 1\n", 200_000)) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_refused_in_well_under_a_second(string name, string text)
    {
        DiagnosticBag diagnostics = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();

        YamlReader.Read(text, name, diagnostics);

        Assert.True(watch.ElapsedMilliseconds < 1_000, $"{name}: {watch.ElapsedMilliseconds} ms");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000_000, name);
        Assert.True(diagnostics.HasErrors, name);
        Assert.InRange(diagnostics.Items.Count, 1, YamlLimits.Findings);
        Assert.All(diagnostics.Items, d => Assert.True(d.Range is { Line: > 0, Column: > 0 }, d.ToString()));
    }

    [Fact]
    public void Sixty_four_levels_are_read_and_sixty_five_are_not()
    {
        DiagnosticBag diagnostics = new();
        YamlReader.Read(new string('[', 64) + new string(']', 64), "f", diagnostics);
        Assert.Empty(diagnostics.Items);

        YamlReader.Read(new string('[', 65) + new string(']', 65), "f", diagnostics);
        Assert.Equal("f:1:65: error E1003: nested deeper than 64 levels", Assert.Single(diagnostics.Items).ToString());
    }

    [Fact]
    public void A_file_beyond_the_size_limit_is_not_parsed()
    {
        DiagnosticBag diagnostics = new();

        YamlReader.Read(new string('a', YamlLimits.Characters + 1), "f", diagnostics);

        Assert.Equal(YamlCode.Limit, Assert.Single(diagnostics.Items).Code);
    }

    [Fact]
    public void Every_truncation_ends_in_trees_or_findings()
    {
        for (int length = 0; length <= Sample.Length; length++)
        {
            YamlReader.Read(Sample[..length], "f", new DiagnosticBag());
        }
    }

    [Fact]
    public void Random_characters_and_mutations_end_in_trees_or_findings()
    {
        const string Alphabet = " \n\t-?:,[]{}#&*!|>'\"%@`ab01.<~\\\0\uFFFD\u0085\uD800é";
        Random random = new(1);
        for (int round = 0; round < 20_000; round++)
        {
            StringBuilder text = new(round % 2 == 0 ? Sample : string.Empty);
            for (int i = random.Next(40); i > 0; i--)
            {
                text.Insert(random.Next(text.Length + 1), Alphabet[random.Next(Alphabet.Length)]);
            }

            DiagnosticBag diagnostics = new();
            YamlReader.Read(text.ToString(), "f", diagnostics);
            Assert.All(diagnostics.Items, d => Assert.True(d.Range is { Line: > 0, Column: > 0 }, text.ToString()));
        }
    }

    private static string Staircase(int levels)
    {
        StringBuilder text = new();
        for (int i = 0; i < levels; i++)
        {
            text.Append(' ', i).Append("a:\n");
        }

        return text.ToString();
    }

    private static string Doubling(int levels)
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < levels; i++)
        {
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        return text.ToString();
    }

    private static string Deepening(int levels)
    {
        StringBuilder text = new("a0: &a0 [[[x]]]\n");
        for (int i = 1; i < levels; i++)
        {
            text.Append($"a{i}: &a{i} [[*a{i - 1}]]\n");
        }

        return text.ToString();
    }

    private static string Merging(int levels)
    {
        StringBuilder text = new("a0: &a0 {x0: 1, y: [1, 2, 3, 4]}\n");
        for (int i = 1; i < levels; i++)
        {
            text.Append($"a{i}: &a{i} {{<<: [*a{i - 1}], x{i}: *a{i - 1}}}\n");
        }

        return text.ToString();
    }
}
