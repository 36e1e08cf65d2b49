using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Cluster;

/// <summary>Kills Felix on a machine: its chains, sets and routes stay as they are, and follow nothing any more.</summary>
internal sealed class KillAgentExecution(ClusterExtension cluster, KillChange kill, StepContext context) : StepExecution
{
    private string _outcome = "done";

    public override void Begin()
    {
        NetworkNamespace? space = context.Topology.FindNamespace(kill.In);
        if (space is null || cluster.MachineOf(space.Node)?.KillAgent() != true)
        {
            _outcome = "no agent";
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping().With("outcome", _outcome);
}
