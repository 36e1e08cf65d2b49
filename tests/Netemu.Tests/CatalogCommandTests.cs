using System;
using System.IO;
using System.Linq;

namespace Netemu.Tests;

/// <summary>The catalog through the command line, with all that a build has.</summary>
public sealed class CatalogCommandTests
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(CommandRun.Catalog, "*.yaml").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_topology_runs_as_it_says_and_gives_the_same_capture_with_shards_in_another_order(string name)
    {
        string file = Path.Combine(CommandRun.Catalog, name);

        CommandRun first = CommandRun.Of("run", file, "-w", "-", "--capture", "all");
        CommandRun second = CommandRun.Of("run", file, "-w", "-", "--capture", "all", "--shard-order", "shuffled");

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal(0, second.ExitCode);
        Assert.True(first.Bytes.AsSpan().SequenceEqual(second.Bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_topology_has_no_findings(string name) =>
        Assert.Equal("no findings\n", CommandRun.Of("check", Path.Combine(CommandRun.Catalog, name)).Output);
}
