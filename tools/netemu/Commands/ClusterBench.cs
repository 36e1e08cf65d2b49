using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Commands;

/// <summary>
/// `netemu bench cluster`: racks of nodes behind routers, a Deployment's Pods on all of them, a policy in each namespace,
/// two route reflectors, IPIP between racks, BGP over emulated TCP; from the text of the manifests to convergence, and
/// then a packet that must pass and two that must not.
/// </summary>
internal static class ClusterBench
{
    private const int Namespaces = 30;

    public static Command Build(Terminal terminal)
    {
        Option<int> racks = new("--racks") { Description = "Racks, each behind a router", DefaultValueFactory = static _ => 5 };
        Option<int> nodes = new("--nodes-per-rack") { Description = "Nodes in each rack", DefaultValueFactory = static _ => 20 };
        Option<int> pods = new("--pods") { Description = "Pods on each node", DefaultValueFactory = static _ => 30 };
        Option<bool> yaml = new("--yaml") { Description = "Prints the topology instead of running it" };
        Option<bool> json = new("--json") { Description = "Prints the figures as one JSON document" };
        Command command = new("cluster", "Builds and converges a Calico cluster.") { racks, nodes, pods, yaml, json };
        command.SetAction(parsed =>
        {
            Size size = new(parsed.GetValue(racks), parsed.GetValue(nodes), parsed.GetValue(pods));
            if (size.Racks < 2 || size.NodesPerRack < 1 || size.Pods < 0)
            {
                terminal.Error.WriteLine("netemu: a cluster needs two racks, with a node in each");
                return (int)ExitCode.Usage;
            }

            if (parsed.GetValue(yaml))
            {
                terminal.OutputWriter.Write(TopologyOf(size));
                return (int)ExitCode.Success;
            }

            return Run(size, parsed.GetValue(json), terminal);
        });
        return command;
    }

    private static int Run(in Size size, bool asJson, Terminal terminal)
    {
        long start = Stopwatch.GetTimestamp();
        LoadedTopology loaded = TopologyLoader.Load([OneFile.Name], new LoaderOptions { Files = new OneFile(TopologyOf(size)) });
        if (loaded.Topology is not { } topology || loaded.Diagnostics.HasErrors)
        {
            return Refuse(loaded.Diagnostics.Items, loaded, terminal);
        }

        double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        EmulationOptions options = new() { Seed = (long)topology.Seed };
        BuiltTopology built = EmulationBuilder.Build(topology, options, Extensions.For(loaded));
        ScenarioRunner scenario = new(built, Extensions.Commands(built), new RunOptions());
        if (built.Diagnostics.HasErrors)
        {
            return Refuse(built.Diagnostics.Items, loaded, terminal);
        }

        double build = Stopwatch.GetElapsedTime(start).TotalSeconds - load;
        RunOutcome outcome = scenario.Run();
        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        RunResult result = outcome.ToResult(wall, []);
        using Process self = Process.GetCurrentProcess();
        Figures figures = new(
            load, build, wall.TotalSeconds, self.TotalProcessorTime.TotalSeconds, self.PeakWorkingSet64 / 1e9, GC.GetTotalMemory(false) / 1e9);
        Tell(size, figures, result, asJson, terminal);
        return (int)outcome.ExitCode;
    }

    private static int Refuse(IReadOnlyList<Diagnostic> diagnostics, LoadedTopology loaded, Terminal terminal)
    {
        TopologyArguments.Report(diagnostics, loaded, terminal);
        return (int)TopologyArguments.ExitCodeOf(diagnostics);
    }

    private static void Tell(in Size size, in Figures figures, RunResult result, bool asJson, Terminal terminal)
    {
        if (!asJson)
        {
            terminal.OutputWriter.Write(RunSummary.Failures(result));
            terminal.OutputWriter.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"cluster: {size.Nodes} nodes in {size.Racks} racks, {size.Nodes * size.Pods} pods: {figures.Wall:f2} s wall ({figures.Load:f2} loading, "
                    + $"{figures.Build:f2} building), {figures.Cpu:f2} s CPU, {figures.Peak:f2} GB peak, {figures.Heap:f2} GB managed at the end"));
            terminal.OutputWriter.WriteLine(RunSummary.LastLine(result));
            return;
        }

        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Bench");
            writer.WriteString("name", "cluster");
            writer.WriteNumber("nodes", size.Nodes);
            writer.WriteNumber("racks", size.Racks);
            writer.WriteNumber("pods", size.Nodes * size.Pods);
            writer.WriteNumber("loadSeconds", Math.Round(figures.Load, 2));
            writer.WriteNumber("buildSeconds", Math.Round(figures.Build, 2));
            writer.WriteNumber("wallSeconds", Math.Round(figures.Wall, 2));
            writer.WriteNumber("cpuSeconds", Math.Round(figures.Cpu, 2));
            writer.WriteNumber("peakGigabytes", Math.Round(figures.Peak, 3));
            writer.WriteString("hash", result.Hash);
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }

    private static string TopologyOf(in Size size)
    {
        string first = "rack1-node1";
        string last = string.Create(CultureInfo.InvariantCulture, $"rack{size.Racks}-node{size.NodesPerRack}");
        List<string> documents =
        [
            $$$"""
            apiVersion: netemu/v1
            kind: Topology
            metadata: {name: cluster-bench}
            cluster: {racks: {{{size.Racks}}}, nodesPerRack: {{{size.NodesPerRack}}}}
            steps:
              - {at: converged, connect: {from: "pod:check/a", to: "pod:check/b", port: 80}, expect: allowed}
              - {connect: {from: "pod:other/c", to: "pod:check/b", port: 80}, expect: denied}
              - {connect: {from: "pod:check/a", to: "pod:ns0/d", port: 80}, expect: denied}
            """,
            "{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default}, spec: {nodeToNodeMeshEnabled: false}}",
            "{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: rr}, spec: {nodeSelector: \"all()\", peerSelector: \"route-reflector == 'true'\"}}",
            "{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: pods}, spec: {cidr: 10.128.0.0/12, ipipMode: CrossSubnet, natOutgoing: true}}",
            PodOf("check", "a", first),
            PodOf("check", "b", last),
            PodOf("other", "c", first),
            PodOf("ns0", "d", last),
            PolicyOf("check"),
        ];
        for (int rack = 1; rack <= 2; rack++)
        {
            documents.Add($$$"""
                apiVersion: projectcalico.org/v3
                kind: Node
                metadata: {name: rack{{{rack}}}-node1, labels: {route-reflector: "true"}}
                spec: {bgp: {routeReflectorClusterID: 244.0.0.1}}
                """);
        }

        for (int i = 0; i < Namespaces; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"ns{i}");
            int replicas = (size.Nodes * size.Pods / Namespaces) + (i < size.Nodes * size.Pods % Namespaces ? 1 : 0);
            documents.Add($$$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app, namespace: {{{name}}}}
                spec:
                  replicas: {{{replicas}}}
                  selector: {matchLabels: {app: app}}
                  template: {metadata: {labels: {app: app}}, spec: {containers: [{name: main, image: shell}]}}
                """);
            documents.Add(PolicyOf(name));
        }

        return string.Join("\n---\n", documents) + "\n";
    }

    private static string PodOf(string space, string name, string node) =>
        $"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: {space}}}, spec: {{nodeName: {node}, containers: [{{name: main, image: shell}}]}}}}";

    /// <summary>Admits the own namespace only.</summary>
    private static string PolicyOf(string space) => $$$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: own, namespace: {{{space}}}}
        spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}
        """;

    private readonly record struct Size(int Racks, int NodesPerRack, int Pods)
    {
        public int Nodes => Racks * NodesPerRack;
    }

    private readonly record struct Figures(double Load, double Build, double Wall, double Cpu, double Peak, double Heap);

    /// <summary>The one text that is loaded.</summary>
    private sealed class OneFile(string text) : ITopologyFiles
    {
        public const string Name = "cluster-bench.yaml";

        public bool FileExists(string path) => path == Name;

        public bool DirectoryExists(string path) => false;

        public IReadOnlyList<string> ListFiles(string directory) => [];

        public string? ReadText(string path) => path == Name ? text : null;
    }
}
