using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Changes;

/// <summary>
/// Takes a node down, and with it all its state; or up, from its file. Its start-up commands run again at that instant.
/// </summary>
internal sealed class NodeExecution(NodeChange change, RunSession session) : StepExecution
{
    private string? _failure;

    public override void Begin()
    {
        BuiltTopology topology = session.Topology;
        Node? node = topology.Emulation.FindNode(change.Name);
        NodeSpec? specification = topology.FindSpecification(change.Name);
        if (node is null || specification is null)
        {
            _failure = $"no node '{change.Name}'";
        }
        else if (change.Up == node.IsUp)
        {
            _failure = $"'{change.Name}' is {(change.Up ? "up" : "down")} already";
        }
        else if (change.Up)
        {
            BringUp(topology, node, specification);
        }
        else
        {
            topology.Emulation.ShutDown(node);
            foreach (EmulationExtension extension in topology.Extensions)
            {
                extension.ShutDown(node);
            }
        }

        Finish(session.Now);
    }

    public override ObservedMapping Observe() =>
        new ObservedMapping().With("outcome", _failure is null ? "done" : "failed").WithAny("error", _failure);

    private void BringUp(BuiltTopology topology, Node node, NodeSpec specification)
    {
        topology.Emulation.Boot(node);
        EmulationBuilder.Rebuild(topology, specification, node);
        session.Convergence.Watch(node);
        foreach (EmulationExtension extension in topology.Extensions)
        {
            extension.Boot(node, specification);
        }

        foreach (CommandSpec command in specification.Exec)
        {
            // At this barrier already: what takes virtual time goes on by itself.
            if (session.Commands?.Start(node.Root, command.Line) is { IsFinished: true, ExitCode: not 0 } failed)
            {
                _failure = $"'{command.Line}' failed with {failed.ExitCode}: {failed.Error.Trim()}";
                return;
            }
        }
    }
}
