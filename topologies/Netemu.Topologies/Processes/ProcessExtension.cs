using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Processes;

/// <summary>
/// The programs that a file lets run in namespaces (`processes:`), name servers, and names of machines. Programs start with
/// their node, and again when it comes up after it was down.
/// </summary>
public sealed class ProcessExtension : EmulationExtension
{
    private readonly HashSet<ProcessKind> _elsewhere = [];
    private BuiltTopology? _topology;

    /// <summary>Leaves a kind of process to another extension.</summary>
    public ProcessExtension Without(ProcessKind kind)
    {
        _elsewhere.Add(kind);
        return this;
    }

    public override bool Builds(TopologyPart part) => part == TopologyPart.Processes;

    public override void Expand(TopologyExpansion expansion)
    {
        foreach (NodeSpec node in expansion.Nodes)
        {
            foreach (ProcessSpec process in node.Namespaces.Prepend(node.Root).SelectMany(s => s.Processes))
            {
                if (!ProgramCatalog.Has(process.Kind) && !_elsewhere.Contains(process.Kind))
                {
                    expansion.Diagnostics.Unsupported(
                        BuildCode.UnsupportedProcess, $"the process '{process.Name}' is not supported in this build", process.Range);
                }
            }
        }
    }

    public override void Attach(BuiltTopology topology)
    {
        _topology = topology;
        List<KeyValuePair<string, InternetAddress>> names = [];
        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.IPv4, AddressFamily.IPv6])
            {
                InternetAddress address = topology.FindAddress(new NodeEndpoint(node.Name, null), family);
                if (!address.IsNone && !(address.IsIPv4 ? address.IPv4.IsLoopback : address.IPv6.IsLoopback))
                {
                    names.Add(new(node.Name, address));
                }
            }
        }

        topology.Emulation.HostNames = names;
    }

    public override void Boot(Node node, NodeSpec specification)
    {
        foreach (NamespaceSpec space in specification.Namespaces.Prepend(specification.Root))
        {
            if (node.FindNamespace(space.Name ?? string.Empty) is not { } found)
            {
                continue;
            }

            if (space.NameServers.Count > 0)
            {
                found.Names.SetServers(space.NameServers);
            }

            foreach (ProcessSpec process in space.Processes.Where(p => ProgramCatalog.Has(p.Kind)))
            {
                Start(found, process);
            }
        }
    }

    public override StepExecution? Start(StepSpec step, StepContext context) =>
        step.Action is KillChange { Process: not ("bgp" or "felix") } kill ? new KillExecution(kill, context) : null;

    private void Start(NetworkNamespace space, ProcessSpec specification)
    {
        foreach (IProgram program in ProgramCatalog.Create(specification))
        {
            Process process = space.Node.Processes.Start(space, specification.Name, program);
            if (!process.IsRunning && process.ExitStatus != 0)
            {
                _topology!.Diagnostics.Error(
                    BuildCode.ProcessFailed,
                    $"the process '{specification.Name}' cannot listen in {space.QualifiedName}: its address is not there or its port is taken",
                    specification.Range);
            }
        }
    }
}
