using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Capture;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Running;
using Netemu.Topologies.Tests.Loading;

namespace Netemu.Topologies.Tests.Running;

/// <summary>A topology that was loaded, built and run to its end, with everything captured.</summary>
internal sealed class TestRun
{
    private TestRun(BuiltTopology topology, RunOutcome outcome, byte[] pcapng)
    {
        Topology = topology;
        Outcome = outcome;
        Pcapng = pcapng;
    }

    public BuiltTopology Topology { get; }

    public RunOutcome Outcome { get; }

    /// <summary>What the capture of all devices wrote.</summary>
    public byte[] Pcapng { get; }

    /// <summary>The expectations that failed, each with what was seen instead.</summary>
    public IEnumerable<string> Failures =>
        Outcome.Expectations.Where(e => !e.Passed).Select(e => $"{e.File}:{e.Line}: {e.Text}; seen {e.Observed}");

    public static TestRun OfCatalog(string name, EmulationOptions? options = null, RunOptions? run = null) =>
        Of(new DirectoryFiles(CatalogFiles.Folder), name, options, run);

    public static TestRun OfText(string yaml, EmulationOptions? options = null, RunOptions? run = null)
    {
        MemoryFiles files = new MemoryFiles().Add("test.yaml", $"apiVersion: netemu/v1\nkind: Topology\n{yaml}");
        return Of(files, "test.yaml", options, run);
    }

    /// <summary>The findings of loading and building a topology that is not run.</summary>
    public static IReadOnlyList<Diagnostic> FindingsOf(string yaml)
    {
        MemoryFiles files = new MemoryFiles().Add("test.yaml", $"apiVersion: netemu/v1\nkind: Topology\n{yaml}");
        LoadedTopology loaded = TopologyLoader.Load(["test.yaml"], new LoaderOptions { Files = files });
        if (loaded.Topology is null || loaded.Diagnostics.HasErrors)
        {
            return loaded.Diagnostics.Items;
        }

        BuiltTopology built = EmulationBuilder.Build(loaded.Topology, EmulationOptions.Default, []);
        _ = new ScenarioRunner(built, null, new RunOptions());
        return [.. loaded.Diagnostics.Items, .. built.Diagnostics.Items];
    }

    private static TestRun Of(ITopologyFiles files, string name, EmulationOptions? options, RunOptions? run)
    {
        LoadedTopology loaded = TopologyLoader.Load([name], new LoaderOptions { Files = files });
        Assert.Empty(loaded.Diagnostics.Items);
        BuiltTopology built = EmulationBuilder.Build(loaded.Topology!, options ?? EmulationOptions.Default, []);
        ScenarioRunner runner = new(built, null, run ?? new RunOptions());
        Assert.Empty(built.Diagnostics.Items);
        MemoryStream stream = new();
        RunOutcome outcome;
        using (PacketCapture capture = new(built.Emulation, stream, leaveOpen: true))
        {
            new CaptureSelection(built, [CaptureSelection.TryParse("all")!], capture).Refresh();
            outcome = runner.Run();
        }

        return new TestRun(built, outcome, stream.ToArray());
    }
}
