using System.CommandLine;
using System.Linq;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu exec</c>: one command in a namespace, once the network stands.</summary>
internal static class ExecCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> node = new("NODE") { Description = "Where: NODE, NODE/NS or pod:NS/NAME" };
        Argument<string[]> words = new("CMD") { Description = "The command, after --", Arity = ArgumentArity.OneOrMore };
        Option<string?> at = PausedRun.AtOption("converged if not given");
        Command command = new("exec", "Runs a command inside a namespace.");
        topology.AddTo(command);
        command.Arguments.Add(node);
        command.Arguments.Add(words);
        command.Options.Add(at);
        command.SetAction(parsed =>
        {
            if (PausedRun.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } run)
            {
                return (int)exitCode;
            }

            NetworkNamespace? space = run.FindNamespace(EndpointText.Parse(parsed.GetRequiredValue(node)), terminal);
            if (space is null)
            {
                return (int)ExitCode.InvalidInput;
            }

            string line = string.Join(' ', parsed.GetRequiredValue(words).Select(Quote));
            if (run.Session.RunCommand(space, line) is not { } execution)
            {
                terminal.Error.WriteLine("netemu: this build has no commands");
                return (int)ExitCode.UnsupportedFeature;
            }

            terminal.OutputWriter.Write(execution.Output);
            terminal.Error.Write(execution.Error);
            return execution.ExitCode;
        });
        return command;
    }

    /// <summary>A word as the emulation's shell reads it back; one word alone is a whole command line.</summary>
    private static string Quote(string word, int index)
    {
        const string Plain = "-_./:=,+@%";
        bool isPlain = word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, System.StringComparison.Ordinal));
        return isPlain || (index == 0 && word.Contains(' ', System.StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", System.StringComparison.Ordinal)}'";
    }
}
