using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Kills a speaker: the kernel resets its connections, nobody is told why, and its routes stay in the node's tables.
/// </summary>
internal sealed class KillSpeakerExecution(BgpExtension extension, KillChange kill, StepContext context) : StepExecution
{
    private string _outcome = "done";

    public override void Begin()
    {
        NetworkNamespace? space = context.Topology.FindNamespace(kill.In);
        if (space is null || !extension.Kill(space.Node))
        {
            _outcome = "no speaker";
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping().With("outcome", _outcome);
}
