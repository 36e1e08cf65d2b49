using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;

namespace Netemu.Topologies.Running;

/// <summary>
/// Decides <c>converged</c> by what is pending: unresolved neighbours, IPv6 addresses being tried, bridge ports that spanning
/// tree has listening or learning, news of a carrier on its way along a cable, and what extensions hold (sessions, tables,
/// store events). Keeps the instant of the last change.
/// </summary>
public sealed class ConvergenceTracker
{
    private readonly BuiltTopology _topology;
    private SimTime _lastChange;

    public ConvergenceTracker(BuiltTopology topology)
    {
        _topology = topology;
        topology.NodeJoined += Watch;
        foreach (Node node in topology.Emulation.Nodes)
        {
            Watch(node);
        }
    }

    /// <summary>True while nothing is pending.</summary>
    public bool IsConverged
    {
        get
        {
            foreach (EmulationExtension extension in _topology.Extensions)
            {
                if (extension.IsPending)
                {
                    return false;
                }
            }

            return _topology.Emulation.UnsettledPorts == 0 && !HasUnresolvedNeighbours() && !HasCarrierNews() && IsQuiet;
        }
    }

    /// <summary>What is pending, for people: of what kind, and where.</summary>
    public IEnumerable<string> Pending
    {
        get
        {
            IEnumerable<string> pending = _topology.Extensions.SelectMany(e => e.Pending);
            if (_topology.Emulation.UnsettledPorts is var ports and > 0)
            {
                pending = pending.Append($"spanning tree, {ports} {(ports == 1 ? "port" : "ports")} listening or learning");
            }

            pending = pending.Concat(_topology.Emulation.Nodes.SelectMany(n => n.Namespaces).Where(IsUnresolved)
                .Select(space => $"an unresolved neighbour or a tentative address in {space.QualifiedName}"));
            return HasCarrierNews() ? pending.Append("a carrier that has just changed") : IsQuiet ? pending : pending.Append("a quiet time");
        }
    }

    /// <summary>The last change of RIB, FIB, policy or neighbour state after the start.</summary>
    public SimTime LastChange
    {
        get
        {
            SimTime last = _lastChange;
            foreach (EmulationExtension extension in _topology.Extensions)
            {
                last = extension.LastChange > last ? extension.LastChange : last;
            }

            return last;
        }
    }

    /// <summary>
    /// What a live peer has in hand nobody can see: then nothing may have changed for the time that the file says.
    /// </summary>
    private bool IsQuiet =>
        _topology.HostEdges.Count == 0
        || _topology.Specification.Quiet is not { } quiet
        || _topology.Emulation.Now >= LastChange + quiet;

    /// <summary>Watches the namespaces of a node that has booted again.</summary>
    internal void Watch(Node node)
    {
        foreach (NetworkNamespace space in node.Namespaces)
        {
            // Ageing and confirmation of known neighbours are no change: only resolving starts and ends count.
            int unresolved = 0;
            space.NeighboursChanged += () =>
            {
                int now = space.IPv4.Neighbours.Unresolved + space.IPv6.Neighbours.Unresolved + space.IPv6.Pending;
                if (now != unresolved)
                {
                    unresolved = now;
                    Note(node);
                }
            };
            space.IPv4.Routes.Changed += () => Note(node);
            space.IPv6.Routes.Changed += () => Note(node);
        }
    }

    private void Note(Node node) => _lastChange = node.Now > _lastChange ? node.Now : _lastChange;

    private static bool IsUnresolved(NetworkNamespace space) =>
        space.IPv4.Neighbours.Unresolved > 0 || space.IPv6.Neighbours.Unresolved > 0 || space.IPv6.Pending > 0;

    private bool HasUnresolvedNeighbours()
    {
        foreach (Node node in _topology.Emulation.Nodes)
        {
            foreach (NetworkNamespace space in node.Namespaces)
            {
                if (IsUnresolved(space))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool HasCarrierNews()
    {
        foreach (Link link in _topology.Emulation.Links)
        {
            if (link.AToB.CarrierChanges > 0 || link.BToA.CarrierChanges > 0)
            {
                return true;
            }
        }

        return false;
    }
}
