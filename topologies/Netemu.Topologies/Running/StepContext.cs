using Netemu.Core.Time;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;

namespace Netemu.Topologies.Running;

/// <summary>What a step may use: the topology, virtual time, and commands where there are any.</summary>
public sealed class StepContext(BuiltTopology topology, ICommandRunner? commands)
{
    public BuiltTopology Topology => topology;

    public Emulation Emulation => topology.Emulation;

    /// <summary>Null where the run has no commands.</summary>
    public ICommandRunner? Commands => commands;

    /// <summary>The present instant, at a barrier.</summary>
    public SimTime Now => topology.Emulation.Now;
}
