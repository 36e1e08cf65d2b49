using System.CommandLine;
using Netemu.Cli.Commands;
using Netemu.Cli.Scale;

namespace Netemu.Cli;

/// <summary>The commands and options of netemu.</summary>
internal static class CommandLine
{
    public static RootCommand Build(Terminal terminal)
    {
        RootCommand root = new("A packet-level network emulator: Linux-like namespaces, BGP and Calico in virtual time.");
        // Nothing is coloured yet, so the wish not to be is granted everywhere; scripts may always give it.
        root.Options.Add(new Option<bool>("--no-color") { Description = "No colours", Recursive = true });
        root.Subcommands.Add(RunCommand.Build(terminal));
        root.Subcommands.Add(CheckCommand.Build(terminal));
        root.Subcommands.Add(ExecCommand.Build(terminal));
        root.Subcommands.Add(ShellCommand.Build(terminal));
        root.Subcommands.Add(TraceCommand.Build(terminal));
        root.Subcommands.Add(ExplainCommand.Build(terminal));
        root.Subcommands.Add(MatrixCommand.Build(terminal));
        root.Subcommands.Add(GraphCommand.Build(terminal));
        root.Subcommands.Add(InspectCommand.Build(terminal));
        Command bench = BenchCommand.Build(terminal);
        bench.Subcommands.Add(FelixBench.Build(terminal));
        bench.Subcommands.Add(ClusterBench.Build(terminal));
        root.Subcommands.Add(bench);
        root.Subcommands.Add(BgpCommand.Build(terminal));
        root.Subcommands.Add(ScaleCommand.Build(terminal));
        root.Subcommands.Add(SweepCommand.Build(terminal));
        root.Subcommands.Add(DiffCommand.Build(terminal));
        root.Subcommands.Add(SchemaCommand.Build(terminal));
        root.Subcommands.Add(CompletionCommand.Build(terminal));
        root.Subcommands.Add(VersionCommand.Build(terminal));
        return root;
    }
}
