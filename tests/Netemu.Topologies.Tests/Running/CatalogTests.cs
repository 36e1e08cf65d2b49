using System;
using System.IO;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;
using Netemu.Testing;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Tests.Running;

/// <summary>Every topology of the catalog runs as it says, and always alike.</summary>
public sealed class CatalogTests
{
    public static TheoryData<string> All => CatalogFiles.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Every_expectation_of_a_topology_holds_and_no_frame_is_lost(string name)
    {
        TestRun run = TestRun.OfCatalog(name);

        Assert.Empty(run.Failures);
        Assert.NotEmpty(run.Outcome.Expectations);
        Assert.True(run.Outcome.Frames.Balanced);
        Assert.Equal(run.Outcome.Frames.Queued, run.Topology.Emulation.Frames.Outstanding);
        Assert.Equal(ExitCode.Success, run.Outcome.ExitCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_topology_gives_the_same_hash_and_the_same_capture_in_any_order_of_shards(string name)
    {
        TestRun first = TestRun.OfCatalog(name);

        foreach (ShardOrder order in Enum.GetValues<ShardOrder>())
        {
            TestRun again = TestRun.OfCatalog(name, new EmulationOptions { ShardOrder = order });

            Assert.Equal(first.Outcome.Hash, again.Outcome.Hash);
            Assert.True(first.Pcapng.AsSpan().SequenceEqual(again.Pcapng), $"{name}: the capture differs with shards {order}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_topology_says_what_it_teaches(string name)
    {
        string[] head = [.. File.ReadLines(Path.Combine(CatalogFiles.Folder, name)).TakeWhile(l => l.StartsWith('#'))];

        Assert.Contains(head, l => l.StartsWith("# What it teaches:", StringComparison.Ordinal));
    }

    [ToolFact("tshark")]
    public void Wireshark_finds_nothing_malformed_and_no_bad_checksum_in_any_capture()
    {
        ExternalTool tshark = ExternalTool.Require("tshark");
        foreach (string name in CatalogFiles.Names())
        {
            string file = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(file, TestRun.OfCatalog(name).Pcapng);
                ExternalToolResult found = tshark.Run(
                    "-r", file, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
                    "-Y", "_ws.malformed || ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" "
                        + "|| udp.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\" || icmpv6.checksum.status == \"Bad\"");

                Assert.Equal(0, found.ExitCode);
                Assert.True(found.Lines.Length == 0, $"{name}: {string.Join('\n', found.Lines.Take(5))}");
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    [Fact]
    public void A_storm_is_ended_by_the_frame_limit()
    {
        TestRun run = TestRun.OfCatalog(
            "bridge-storm.yaml",
            new EmulationOptions { MaximumFrames = 20_000 },
            new RunOptions { Until = SimTime.Zero + Duration.FromSeconds(1) });

        Assert.Equal(RunEnding.FrameLimit, run.Outcome.Ending);
        Assert.True(run.Outcome.VirtualTime < SimTime.Zero + Duration.FromSeconds(1));
        Assert.True(run.Outcome.Frames.Balanced);
        Assert.InRange(run.Outcome.Frames.Sent, 20_000, 40_000);
    }
}
