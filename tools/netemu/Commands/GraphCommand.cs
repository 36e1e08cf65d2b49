using System.CommandLine;
using Netemu.Cli.Graphs;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu graph</c>: a topology as a picture.</summary>
internal static class GraphCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Option<string> language = new("--as") { Description = "dot, mermaid, svg or json", DefaultValueFactory = _ => "dot" };
        language.AcceptOnlyFromAmong("dot", "mermaid", "svg", "json");
        Command command = new("graph", "Draws a topology.");
        topology.AddTo(command);
        command.Options.Add(language);
        command.SetAction(parsed =>
        {
            LoadedTopology loaded = topology.Load(parsed, terminal);
            if (loaded.Topology is not { } specification || loaded.Diagnostics.HasErrors)
            {
                TopologyArguments.Report(loaded.Diagnostics.Items, loaded, terminal);
                return (int)TopologyArguments.ExitCodeOf(loaded.Diagnostics.Items);
            }

            TopologyGraph graph = TopologyGraph.Of(EmulationBuilder.Build(specification, EmulationOptions.Default, Extensions.For(loaded)));
            switch (parsed.GetValue(language))
            {
                case "mermaid":
                    GraphWriter.WriteMermaid(graph, terminal.OutputWriter);
                    break;
                case "svg":
                    GraphWriter.WriteSvg(graph, terminal.OutputWriter);
                    break;
                case "json":
                    GraphWriter.WriteJson(graph, terminal.Output);
                    terminal.OutputWriter.WriteLine();
                    break;
                default:
                    GraphWriter.WriteDot(graph, terminal.OutputWriter);
                    break;
            }

            return (int)ExitCode.Success;
        });
        return command;
    }
}
