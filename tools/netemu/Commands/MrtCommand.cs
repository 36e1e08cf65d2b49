using System.CommandLine;
using System.Linq;
using Netemu.Bgp.Mrt;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu inspect mrt</c>: the BGP table of a node as collectors write it, for bgpdump and for <c>mrt:</c>.</summary>
internal static class MrtCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> node = new("NODE") { Description = "The node" };
        Option<string?> at = PausedRun.AtOption("converged if not given");
        Command command = new("mrt", "Writes the BGP table of a node to standard output, as TABLE_DUMP_V2 (RFC 6396).");
        topology.AddTo(command);
        command.Arguments.Add(node);
        command.Options.Add(at);
        command.SetAction(parsed =>
        {
            if (PausedRun.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } run)
            {
                return (int)exitCode;
            }

            string name = parsed.GetRequiredValue(node);
            if (run.Session.Topology.Extensions.OfType<BgpExtension>().SelectMany(b => b.Speakers)
                .FirstOrDefault(s => s.Namespace.Node.Name == name) is not { } speaker)
            {
                terminal.Error.WriteLine($"netemu: there is no BGP speaker on '{name}'");
                return (int)ExitCode.InvalidInput;
            }

            MrtTableDump.Write(speaker.Speaker, terminal.Output);
            terminal.Output.Flush();
            return (int)ExitCode.Success;
        });
        return command;
    }
}
