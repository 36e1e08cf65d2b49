using System;
using System.IO;
using System.Linq;
using Netemu.Bgp.Mrt;
using Netemu.Topologies.Results;

namespace Netemu.Tests;

/// <summary>A table goes out of one emulation as MRT and into another one.</summary>
public sealed class MrtCommandTests : IDisposable
{
    private const string Fed = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: fed}
        nodes:
          upstream:
            kind: router
            interfaces: {eth0: {ip: ["10.9.0.1/30"]}}
            bgp: {asn: 64999, mrt: table.mrt, neighbors: [{peer: 10.9.0.2, asn: 65010}]}
          edge:
            kind: router
            interfaces: {eth0: {ip: ["10.9.0.2/30"]}}
            bgp: {asn: 65010, neighbors: [{peer: 10.9.0.1, asn: 64999}]}
        links: [{endpoints: ["upstream:eth0", "edge:eth0"]}]
        steps:
          - {at: converged, bgp: {in: edge, prefix: 203.0.113.0/24, best: {via: 10.9.0.1, as-path: "64999 65001"}}}
          - {bgp: {in: edge, prefix: 198.51.100.0/24, best: {via: 10.9.0.1, as-path: "64999"}}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_inspect_mrt_writes_is_what_another_topology_announces()
    {
        CommandRun dump = CommandRun.Of("inspect", "mrt", Path.Combine(CommandRun.Catalog, "bgp-two-as.yaml"), "r2");

        Assert.Equal(0, dump.ExitCode);
        Assert.Equal(
            ["198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"],
            MrtReader.ReadRoutes(new MemoryStream(dump.Bytes)).Select(route => route.Prefix.ToString()).Distinct());

        CommandRun run = RunWith(dump.Bytes);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Theory]
    [InlineData("empty", "has no route")]
    [InlineData("cut", "the file ends inside it")]
    [InlineData("text", "cut off or its length is impossible")]
    [InlineData("missing", "table.mrt")]
    public void A_file_that_is_no_table_dump_is_an_error_at_its_name(string kind, string expected)
    {
        CommandRun dump = CommandRun.Of("inspect", "mrt", Path.Combine(CommandRun.Catalog, "bgp-two-as.yaml"), "r2");
        CommandRun run = RunWith(kind switch
        {
            "empty" => [],
            "cut" => dump.Bytes[..^3],
            "text" => "router bgp 65001\nneighbor 10.0.0.1"u8.ToArray(),
            _ => null,
        });

        Assert.Equal((int)ExitCode.InvalidInput, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains(":8:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_without_a_speaker_is_named()
    {
        CommandRun dump = CommandRun.Of("inspect", "mrt", Path.Combine(CommandRun.Catalog, "bgp-two-as.yaml"), "h1");

        Assert.Equal((int)ExitCode.InvalidInput, dump.ExitCode);
        Assert.Contains("h1", dump.Error, StringComparison.Ordinal);
        Assert.Empty(dump.Bytes);
    }

    private CommandRun RunWith(byte[]? table)
    {
        string topology = Path.Combine(_folder, "fed.yaml");
        File.WriteAllText(topology, Fed);
        if (table is not null)
        {
            File.WriteAllBytes(Path.Combine(_folder, "table.mrt"), table);
        }

        return CommandRun.Of("run", topology);
    }
}
