using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Cli;

/// <summary>What can be told of a topology's command lines without running them: their syntax, and names that no command has.</summary>
internal static class CommandLint
{
    /// <summary>Looks at the commands of nodes and steps.</summary>
    public static IReadOnlyList<Diagnostic> Check(TopologySpec topology, CommandRegistry commands)
    {
        DiagnosticBag found = new();
        foreach (CommandSpec command in topology.Nodes.SelectMany(n => n.Exec).DistinctBy(c => c.Range))
        {
            Check(command.Line, command.Range, commands, found);
        }

        foreach (StepSpec step in topology.Steps)
        {
            if (step.Action is ExecAction exec)
            {
                Check(exec.Command, step.Range, commands, found);
            }
        }

        return found.Items;
    }

    private static void Check(string line, SourceRange place, CommandRegistry commands, DiagnosticBag found)
    {
        ShellScript script = ShellParser.Parse(line);
        if (script.Error is { } error)
        {
            string[] lines = error.Split('\n');
            found.Warning(LoaderCode.UnknownCommand, $"'{line}': {lines[0]}", place, lines.Length > 1 ? lines[1].Replace("hint: ", string.Empty, System.StringComparison.Ordinal) : null);
            return;
        }

        foreach (string name in script.Pipelines.SelectMany(p => p.Commands).Where(c => c.Length > 0).Select(c => c[0]).Distinct())
        {
            if (commands.Find(name) is null && !name.Contains('=', System.StringComparison.Ordinal))
            {
                found.Warning(LoaderCode.UnknownCommand, $"there is no command '{name}' here", place, Calico.Yaml.Spelling.Hint(name, commands.Names));
            }
        }
    }
}
