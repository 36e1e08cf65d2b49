using System.CommandLine;
using Netemu.Calico.Peering;
using Netemu.Core.Addresses;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu inspect bird-config</c>: the BIRD configuration that Calico would generate on a node.</summary>
internal static class BirdConfigurationCommand
{
    public static Command Build(Terminal terminal)
    {
        TopologyArguments topology = new();
        Argument<string> node = new("NODE") { Description = "The node" };
        Option<bool> six = new("--ipv6") { Description = "bird6.cfg instead of bird.cfg" };
        Option<string?> at = ClusterView.AtOption();
        Command command = new("bird-config", "Prints the BIRD configuration that Calico would generate on a node.");
        topology.AddTo(command);
        command.Arguments.Add(node);
        command.Options.Add(six);
        command.Options.Add(at);
        command.SetAction(parsed =>
        {
            if (ClusterView.Open(parsed, topology, parsed.GetValue(at), terminal, out ExitCode exitCode) is not { } view)
            {
                return (int)exitCode;
            }

            string name = parsed.GetRequiredValue(node);
            if (view.Cluster.PeeringOf(name) is not { } configuration)
            {
                terminal.Error.WriteLine($"netemu: there is no node '{name}' with an address");
                return (int)ExitCode.InvalidInput;
            }

            BirdConfiguration bird = new(configuration, parsed.GetValue(six) ? AddressFamily.IPv6 : AddressFamily.IPv4);
            terminal.OutputWriter.Write($"# bird.cfg\n{bird.Main()}\n# bird_aggr.cfg\n{bird.Aggregation()}\n# bird_ipam.cfg\n{bird.Addresses()}");
            return (int)ExitCode.Success;
        });
        return command;
    }
}
