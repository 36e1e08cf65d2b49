using System.Collections.Generic;
using System.Linq;
using Netemu.Cli.ClusterCommands;
using Netemu.Commands;
using Netemu.Commands.Routing;
using Netemu.Commands.Shell;
using Netemu.Topologies.Addressing;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Building;
using Netemu.Topologies.Cluster;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Processes;
using Netemu.Topologies.Running;

namespace Netemu.Cli;

/// <summary>What runs on top of devices and routes in this build: the one place where extensions are put together.</summary>
internal static class Extensions
{
    /// <summary>The extensions that a loaded topology needs.</summary>
    public static IReadOnlyList<EmulationExtension> For(LoadedTopology loaded)
    {
        BgpExtension bgp = new();
        bool hasCluster = loaded.Topology?.Cluster is not null || loaded.Manifests.Count > 0;
        AddressingExtension addressing = new();
        ProcessExtension processes = new ProcessExtension()
            .Without(ProcessKind.DhcpServer).Without(ProcessKind.DhcpClient).Without(ProcessKind.RouterAdvertisement);

        // Who knows a process by name ends it; the rest is the processes' own matter.
        return hasCluster
            ? [bgp, addressing, processes, new ClusterExtension(loaded.Manifests, bgp)]
            : [bgp, addressing, processes];
    }

    /// <summary>What runs command lines: the standard commands, and those that speak for the extensions.</summary>
    public static ICommandRunner Commands(BuiltTopology built) => new CommandBridge(new CommandExecutor(Registry(built)));

    /// <summary>The commands by name.</summary>
    public static CommandRegistry Registry(BuiltTopology built)
    {
        CommandRegistry registry = StandardCommands.CreateRegistry();
        foreach (EmulationExtension extension in built.Extensions)
        {
            if (extension is BgpExtension bgp)
            {
                registry.Add(new VtyshCommand(node => DaemonOf(bgp.Find(node))));
                registry.Add(new BirdcCommand(node => DaemonOf(bgp.Find(node))));
            }
            else if (extension is ClusterExtension cluster)
            {
                registry.Add(new KubectlCommand(cluster));
                registry.Add(new CalicoctlCommand(cluster, built.Extensions.OfType<BgpExtension>().First()));
            }
        }

        return registry;
    }

    private static RoutingDaemon? DaemonOf(NodeSpeaker? speaker) => speaker is null ? null : new RoutingDaemon(speaker.Speaker)
    {
        Log = speaker.Log,
        Bfd = speaker.Bfd?.Sessions ?? [],
        Installed = prefix => speaker.Sink?.Find(prefix),
        NextHops = prefix => speaker.Sink?.NextHopsOf(prefix) ?? [],
        HasDistances = speaker.Sink?.DistanceOf is not null,
        Model = () => speaker.Model,
        Configure = lines => speaker.Control.Configure(lines),
    };
}
