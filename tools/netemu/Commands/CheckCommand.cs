using System.Collections.Generic;
using System.CommandLine;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu check</c>: loads and builds, and tells what is wrong; nothing runs.</summary>
internal static class CheckCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string[]> topologies = new("TOPO") { Description = "Topology files or directories", Arity = ArgumentArity.OneOrMore };
        Option<string[]> sets = new("--set") { Description = "Sets a variable of the topology: K=V", DefaultValueFactory = _ => [] };
        Option<bool> json = new("--json") { Description = "Prints the findings as one JSON document" };
        Command command = new("check", "Parses, validates and lints; nothing runs.") { topologies, sets, json };
        command.SetAction(parsed =>
        {
            List<Diagnostic> all = [];
            foreach (string path in parsed.GetRequiredValue(topologies))
            {
                LoadedTopology loaded = TopologyLoader.Load([path], TopologyArguments.Options(null, parsed.GetValue(sets) ?? [], terminal));
                List<Diagnostic> found = [.. loaded.Diagnostics.Items];
                if (loaded.Topology is { } topology && !loaded.Diagnostics.HasErrors)
                {
                    BuiltTopology built = EmulationBuilder.Build(topology, EmulationOptions.Default, Extensions.For(loaded));
                    _ = new ScenarioRunner(built, Extensions.Commands(built), new RunOptions());
                    found.AddRange(built.Diagnostics.Items);
                    found.AddRange(CommandLint.Check(topology, Extensions.Registry(built)));
                }

                if (!parsed.GetValue(json))
                {
                    terminal.OutputWriter.Write(new DiagnosticRenderer(loaded.Sources).Render(found));
                }

                all.AddRange(found);
            }

            if (parsed.GetValue(json))
            {
                DiagnosticOutput.WriteJson(all, terminal);
            }
            else if (all.Count == 0)
            {
                terminal.OutputWriter.WriteLine("no findings");
            }

            return (int)TopologyArguments.ExitCodeOf(all);
        });
        return command;
    }
}
