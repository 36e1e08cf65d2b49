using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Netemu.Testing;

namespace Netemu.Tests;

/// <summary>The catalog through the command line, with all that a build has.</summary>
public sealed partial class CatalogCommandTests
{
    /// <summary>Files that say so need the kernel, and a clock; <see cref="LiveCatalogTests"/> runs them.</summary>
    public static TheoryData<string> Names => [.. All.Where(n => !LiveCatalogTests.NeedsRoot(n))];

    private static string[] All =>
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
    public void A_topology_runs_twice_and_once_shuffled_with_one_hash(string name)
    {
        string file = Path.Combine(CommandRun.Catalog, name);

        CommandRun run = CommandRun.Of("run", file, "--json");
        string first = HashOf(run);

        // And each key that a step has reported may be expected.
        CommandRun check = CommandRun.WithInput(StepReport.AsExpectations(run.Bytes), "check", "-");
        Assert.DoesNotContain("E1101", check.Output, StringComparison.Ordinal);

        Assert.Equal(first, HashOf(CommandRun.Of("run", file, "--json")));
        Assert.Equal(first, HashOf(CommandRun.Of("run", file, "--json", "--shard-order", "shuffled")));
    }

    [ToolFact("tshark")]
    public void Wireshark_finds_nothing_malformed_and_no_bad_checksum_in_any_capture()
    {
        ExternalTool tshark = ExternalTool.Require("tshark");
        foreach (string name in All.Where(n => !LiveCatalogTests.NeedsRoot(n)).Select(n => Path.Combine(CommandRun.Catalog, n)))
        {
            string capture = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(capture, CommandRun.Of("run", name, "-w", "-", "--capture", "all").Bytes);
                // A segment is seen at every device on its way; put together, an HTTP body would overlap itself.
                ExternalToolResult found = tshark.Run(
                    "-r", capture, "-o", "http.desegment_body:FALSE", "-o", "http.desegment_headers:FALSE", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
                    "-Y", "_ws.malformed || ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" "
                        + "|| udp.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\" || icmpv6.checksum.status == \"Bad\"");

                Assert.Equal(0, found.ExitCode);
                Assert.True(found.Lines.Length == 0, $"{name}: {string.Join('\n', found.Lines.Take(5))}");
            }
            finally
            {
                File.Delete(capture);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_topology_has_no_findings_but_what_it_is_about(string name)
    {
        // What a client of a Service without endpoints gets is what one of them shows.
        string[] expected = name == "calico-services.yaml" ? ["W3006"] : [];

        string output = CommandRun.Of("check", Path.Combine(CommandRun.Catalog, name)).Output;

        Assert.Equal(expected, Finding().Matches(output).Select(match => match.Value));
        Assert.Equal(expected.Length == 0, output == "no findings\n");
    }

    [GeneratedRegex(@"\b[EW]\d{4}\b")]
    private static partial Regex Finding();

    private static string HashOf(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument result = JsonDocument.Parse(run.Bytes);
        return result.RootElement.GetProperty("hash").GetString()!;
    }
}
