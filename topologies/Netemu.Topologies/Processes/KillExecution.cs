using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Processes;

/// <summary>Ends every process of a name in a namespace (killall -9); the kernel closes its sockets.</summary>
internal sealed class KillExecution(KillChange change, StepContext context) : StepExecution
{
    private string? _failure;
    private int _killed;

    public override void Begin()
    {
        NetworkNamespace? space = context.Topology.FindNamespace(change.In);
        if (space is null)
        {
            _failure = $"'{change.In}' does not exist";
        }
        else
        {
            while (space.Node.Processes.Find(space, change.Process) is { } process)
            {
                process.Kill();
                _killed++;
            }

            _failure = _killed == 0 ? $"no process '{change.Process}' runs in '{change.In}'" : null;
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() =>
        new ObservedMapping().With("outcome", _failure is null ? "done" : "failed").With("killed", _killed).WithAny("error", _failure);
}
