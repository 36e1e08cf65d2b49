using System;
using System.Diagnostics;
using System.Linq;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Hostile topologies cost little, whatever they stand for.</summary>
public sealed class HostilityTests
{
    public static TheoryData<string, string> Bombs() => new()
    {
        { "one range", "nodes: {'a[1-1000000]': {}}" },
        { "more digits than a number has", "nodes: {'a[1-99999999999999999999]': {}}" },
        { "ranges inside each other", "nodes: {'a[1-1000]': {namespaces: {'b[1-1000]': {interfaces: {'c[1-1000]': {type: dummy}}}}}}" },
        { "links", "nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e[1-400000]\", \"b:e[1-400000]\"]}, {endpoints: [\"a:f[1-400000]\", \"b:f[1-400000]\"]}]" },
        { "unknown keys", "nodes:\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"  h{i}: {{kid: host}}\n")) },
        { "unknown nodes", "nodes: {a: {}}\nlinks:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  - endpoints: [\"a:e{i}\", \"z{i}:e\"]\n")) },
        { "nesting", "steps: " + new string('[', 200_000) },
        { "long names", $"nodes: {{? {new string('n', 100_000)} : {{x: 1}}}}" },
        { "dollars", $"nodes: {{a: {{x: 1, exec: ['echo {string.Concat(Enumerable.Repeat("$x", 1_500_000))}']}}}}" },
        { "open braces", $"nodes: {{a: {{x: 1, exec: ['echo {string.Concat(Enumerable.Repeat("${", 1_500_000))}']}}}}" },
        { "alias bomb", "steps:\n  - &a [1,1,1,1,1,1,1,1,1,1]\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"  - &{(char)('b' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i)}", 10))}]\n")) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_refused_soon_with_a_place(string name, string body)
    {
        Loaded.From(Loaded.Head + "nodes: {a: {x: 1}}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();

        LoadedTopology loaded = Loaded.From(Loaded.Head + body);

        // Generous: machines that test are busy. What matters is that cost does not follow what the text stands for.
        Assert.True(watch.ElapsedMilliseconds < 20_000, $"{name}: {watch.ElapsedMilliseconds} ms");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000_000, name);
        Assert.True(loaded.Diagnostics.HasErrors, name);
        Assert.All(loaded.Diagnostics.Items, d => Assert.True(d.Range is { Line: > 0, Column: > 0 }, d.ToString()));
        Assert.InRange(new DiagnosticRenderer(loaded.Sources).Render(loaded.Diagnostics.Items).Length, 1, 20_000);
    }

    [Theory]
    [InlineData("nodes: {a: {exec: [! x]}}", "E1005")]
    [InlineData("steps: [{wait: ${T}}]", "E1001")]
    [InlineData("nodes:\n\ta: {}", "E1001")]
    [InlineData("nodes: {a: {}, a: {}}", "E1004")]
    public void Faults_of_the_text_have_their_hints(string body, string code)
    {
        Assert.Contains(Loaded.FindingsOf(body), f => f.Contains(code, StringComparison.Ordinal) && f.EndsWith(')'));
    }
}
