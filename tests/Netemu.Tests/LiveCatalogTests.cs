using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using Netemu.Testing;

namespace Netemu.Tests;

/// <summary>Topologies that have a part of the real machine in them.</summary>
[Trait("Category", "Live")]
public sealed class LiveCatalogTests
{
    public static TheoryData<string> Names =>
    [
        .. Directory.EnumerateFiles(CommandRun.Catalog, "*.yaml").Select(p => Path.GetFileName(p)).Where(NeedsRoot).Order(StringComparer.Ordinal),
    ];

    /// <summary>What a file says in its head.</summary>
    public static bool NeedsRoot(string name) =>
        File.ReadLines(Path.Combine(CommandRun.Catalog, name)).TakeWhile(l => l.StartsWith('#')).Contains("# Needs: root, --realtime");

    [RootTheory]
    [MemberData(nameof(Names))]
    public void A_live_topology_runs_as_it_says_and_its_recording_gives_the_same_hash(string name)
    {
        string file = Path.Combine(CommandRun.Catalog, name);
        string recording = Path.GetTempFileName();
        try
        {
            CommandRun live = CommandRun.Of("run", file, "--realtime", "--record", recording, "--json");
            Assert.True(live.ExitCode == 0, live.Error + live.Output);

            CommandRun replayed = CommandRun.Of("run", file, "--replay", recording, "--json");
            CommandRun shuffled = CommandRun.Of("run", file, "--replay", recording, "--json", "--shard-order", "shuffled");

            Assert.Equal(HashOf(live), HashOf(replayed));
            Assert.Equal(HashOf(live), HashOf(shuffled));
        }
        finally
        {
            File.Delete(recording);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_live_topology_says_what_it_needs_when_it_runs_without_a_clock(string name)
    {
        CommandRun run = CommandRun.Of("run", Path.Combine(CommandRun.Catalog, name));

        Assert.Equal(64, run.ExitCode);
        Assert.Contains("--realtime", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_network_that_is_to_converge_must_say_how_long_nothing_may_change()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """
                apiVersion: netemu/v1
                kind: Topology
                metadata: {name: t}
                nodes:
                  h: {kind: host, interfaces: {tap0: {type: tap, attach: host, ip: ["10.0.0.1/24"]}}}
                """);

            CommandRun run = CommandRun.Of("run", file, "--realtime");

            Assert.Equal(3, run.ExitCode);
            Assert.Contains("E1420", run.Error, StringComparison.Ordinal);
            Assert.Contains("quiet: 2s", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--speed", "2")]
    [InlineData("--record", "x.pcapng")]
    [InlineData("--realtime", "--speed", "fast")]
    [InlineData("--realtime", "--replay", "x.pcapng")]
    public void Options_that_do_not_fit_together_are_refused(params string[] options)
    {
        CommandRun run = CommandRun.Of(["run", Path.Combine(CommandRun.Catalog, "two-hosts.yaml"), .. options]);

        Assert.Equal(64, run.ExitCode);
        Assert.False(File.Exists("x.pcapng"));
    }

    [Fact]
    public void A_run_in_real_time_takes_the_time_that_it_says()
    {
        string file = Path.Combine(CommandRun.Catalog, "two-hosts.yaml");

        long started = Stopwatch.GetTimestamp();
        CommandRun paced = CommandRun.Of("run", file, "--realtime", "--speed", "8", "--until", "6s");

        Assert.Equal(0, paced.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(750));
        Assert.Contains("real time:", paced.Error, StringComparison.Ordinal);
    }

    private static string HashOf(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument result = JsonDocument.Parse(run.Bytes);
        return result.RootElement.GetProperty("hash").GetString()!;
    }
}
