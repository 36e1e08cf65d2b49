using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Model;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Building;

/// <summary>
/// Something that lives on top of devices and routes: BGP speakers, a cluster with its agents, processes. It is built with
/// the emulation, holds <c>converged</c> back while it has work pending, runs the steps that are its business, and adds
/// its part to the result.
/// </summary>
/// <remarks>
/// <code>
/// Expand -> nodes, devices, links, routes -> Attach -> Boot (each node) -> steps: Start, IsPending, LastChange -> Contribute
///                                                       ShutDown (node down) ... Boot (node up)
/// </code>
/// </remarks>
public abstract class EmulationExtension
{
    /// <summary>True while something is under way that <c>converged</c> waits for.</summary>
    public virtual bool IsPending => false;

    /// <summary>What is under way, for people: where, and of what kind.</summary>
    public virtual IEnumerable<string> Pending => [];

    /// <summary>When the state that it keeps (RIB, policy) last changed.</summary>
    public virtual SimTime LastChange => SimTime.Zero;

    /// <summary>Whether this extension builds that part of a file; what none builds is reported as unsupported.</summary>
    public virtual bool Builds(TopologyPart part) => false;

    /// <summary>The prefixes whose addresses it hands out (to Pods, to Services): none of them is the outside's.</summary>
    public virtual IEnumerable<InternetPrefix> OwnPrefixes => [];

    /// <summary>Adds the nodes and links that it needs, before anything is built.</summary>
    public virtual void Expand(TopologyExpansion expansion)
    {
    }

    /// <summary>All nodes, devices, links and routes stand; virtual time has not begun.</summary>
    public virtual void Attach(BuiltTopology topology)
    {
    }

    /// <summary>A node starts: at the beginning, and again when it comes up after it was down.</summary>
    public virtual void Boot(Node node, NodeSpec specification)
    {
    }

    /// <summary>A node has gone down: its namespaces and timers are gone already.</summary>
    public virtual void ShutDown(Node node)
    {
    }

    /// <summary>The namespace that an endpoint of its own (a Pod) stands for, or null.</summary>
    public virtual NetworkNamespace? FindNamespace(EndpointRef endpoint) => null;

    /// <summary>The addresses of an endpoint of its own (a Pod, a Service), the preferred family first.</summary>
    public virtual IReadOnlyList<InternetAddress> FindAddresses(EndpointRef endpoint) => [];

    /// <summary>The execution of a step that is its business, or null. Nothing has happened yet.</summary>
    public virtual StepExecution? Start(StepSpec step, StepContext context) => null;

    /// <summary>Reads the counters of a finished run into its result.</summary>
    public virtual void Contribute(RunContribution contribution)
    {
    }
}
