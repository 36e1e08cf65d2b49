using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>
/// Turns a specification into an emulation at t=0, in the order of declaration. Devices are up before cables are plugged
/// in, so that carriers stand from the first instant.
/// </summary>
/// <remarks>
/// <code>
/// expand -> nodes -> namespaces, sysctls of "default", devices, sysctls, up, addresses -> links -> routes, rules, neighbours, fdb
///        -> routes: auto, outside -> extensions
/// </code>
/// </remarks>
public static class EmulationBuilder
{
    /// <summary>Builds <paramref name="topology"/>; with errors among the result's diagnostics it must not run.</summary>
    public static BuiltTopology Build(
        TopologySpec topology, EmulationOptions options, IReadOnlyList<EmulationExtension> extensions)
    {
        TopologyExpansion expansion = new(topology, new DiagnosticBag());
        foreach (EmulationExtension extension in extensions)
        {
            extension.Expand(expansion);
        }

        CheckSupport(expansion, extensions);
        Emulation emulation = new(options);
        BuiltTopology built = new(topology, expansion, emulation, extensions);
        foreach (NodeSpec node in built.Nodes)
        {
            emulation.AddNode(node.Name);
        }

        foreach (NodeSpec node in built.Nodes)
        {
            built.Builder.BuildDevices(node, emulation.FindNode(node.Name)!);
        }

        ConnectLinks(built);
        foreach (NodeSpec node in built.Nodes)
        {
            built.Builder.BuildTables(node, emulation.FindNode(node.Name)!);
        }

        if (topology.AutoRoutes)
        {
            AutomaticRoutes.Install(built);
        }

        OutsideRoutes.Install(built);
        if (!expansion.Diagnostics.HasErrors)
        {
            Attach(built);
        }

        return built;
    }

    /// <summary>Builds a node that has booted again as its specification says.</summary>
    internal static void Rebuild(BuiltTopology built, NodeSpec specification, Node node)
    {
        built.Builder.BuildDevices(specification, node);
        built.Builder.BuildTables(specification, node);
        InstallImpairments(built, node);
        if (built.Specification.AutoRoutes)
        {
            AutomaticRoutes.Install(node);
        }

        OutsideRoutes.Install(built, specification);
    }

    /// <summary>
    /// Adds a machine to a running emulation, at a barrier: the far end of its cable is a new port of a switch that is up.
    /// </summary>
    internal static void Join(BuiltTopology built, NodeSpec specification, LinkSpec cable, NodeSpec lan, InterfaceSpec port)
    {
        built.Add(specification, cable);
        Node node = built.Emulation.AddNode(specification.Name);
        built.Builder.BuildDevices(specification, node);
        built.Builder.AddPort(lan, port);
        Connect(built, cable);
        built.Builder.BuildTables(specification, node);
        built.NoteJoined(node);
        foreach (EmulationExtension extension in built.Extensions)
        {
            extension.Boot(node, specification);
        }
    }

    /// <summary>A node that was down has its ends of cables anew, with the impairments of the file.</summary>
    private static void InstallImpairments(BuiltTopology built, Node node)
    {
        foreach (LinkSpec link in built.Links)
        {
            foreach ((DeviceRef end, ImpairSpec? impair) in new[] { (link.A, link.ImpairA), (link.B, link.ImpairB) })
            {
                if (built.FindDevice(end) is { } device && ReferenceEquals(device.Node, node))
                {
                    Impairment.Install(device, impair);
                }
            }
        }
    }

    private static void Attach(BuiltTopology built)
    {
        foreach (EmulationExtension extension in built.Extensions)
        {
            extension.Attach(built);
        }

        foreach (NodeSpec node in built.Nodes)
        {
            foreach (EmulationExtension extension in built.Extensions)
            {
                extension.Boot(built.Emulation.FindNode(node.Name)!, node);
            }
        }
    }

    private static void ConnectLinks(BuiltTopology built)
    {
        foreach (LinkSpec specification in built.Links)
        {
            Connect(built, specification);
        }

        built.Builder.ConnectRemotePairs();
    }

    private static void Connect(BuiltTopology built, LinkSpec specification)
    {
        if (built.FindDevice(specification.A) is not EthernetDevice a || built.FindDevice(specification.B) is not EthernetDevice b)
        {
            built.Diagnostics.Error(
                BuildCode.UnknownDevice, $"'{specification.A}' and '{specification.B}' are not both ends of a link", specification.Range);
            return;
        }

        LinkOptions options = new()
        {
            Delay = specification.Delay > Duration.Zero ? specification.Delay : LinkOptions.Default.Delay,
            RateBitsPerSecond = specification.Rate?.BitsPerSecond ?? 0,
            QueueLimit = specification.Limit ?? LinkOptions.Default.QueueLimit,
        };
        Link link = built.Emulation.Connect(a, b, options);
        built.Register(specification, link);
        Impairment.Install(a, specification.ImpairA);
        Impairment.Install(b, specification.ImpairB);
        if (!specification.Up)
        {
            built.Emulation.SetLinkState(link, up: false);
        }
    }

    private static void CheckSupport(TopologyExpansion expansion, IReadOnlyList<EmulationExtension> extensions)
    {
        DiagnosticBag found = expansion.Diagnostics;
        if (expansion.Topology.Cluster is { } cluster && !IsBuilt(extensions, TopologyPart.Cluster))
        {
            found.Unsupported(BuildCode.UnsupportedCluster, "'cluster' is not supported in this build", cluster.Range);
        }

        foreach (NodeSpec node in expansion.Nodes)
        {
            if (node.Bgp is { } bgp && !IsBuilt(extensions, TopologyPart.Bgp))
            {
                found.Unsupported(BuildCode.UnsupportedBgp, $"'bgp' of node '{node.Name}' is not supported in this build", bgp.Range);
            }

            CheckProcesses(node.Root, extensions, found);
            foreach (NamespaceSpec space in node.Namespaces)
            {
                CheckProcesses(space, extensions, found);
            }
        }
    }

    private static void CheckProcesses(NamespaceSpec space, IReadOnlyList<EmulationExtension> extensions, DiagnosticBag found)
    {
        foreach (ProcessSpec process in space.Processes)
        {
            if (!IsBuilt(extensions, TopologyPart.Processes))
            {
                found.Unsupported(BuildCode.UnsupportedProcess, $"the process '{process.Name}' is not supported in this build", process.Range);
            }
        }
    }

    private static bool IsBuilt(IReadOnlyList<EmulationExtension> extensions, TopologyPart part)
    {
        foreach (EmulationExtension extension in extensions)
        {
            if (extension.Builds(part))
            {
                return true;
            }
        }

        return false;
    }
}
