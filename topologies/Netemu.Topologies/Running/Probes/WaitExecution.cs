using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Probes;

/// <summary>Lets time pass.</summary>
internal sealed class WaitExecution(WaitAction action, StepContext context) : StepExecution
{
    private SimTime _start;

    public override void Begin()
    {
        _start = context.Now;
        context.Emulation.AtBarrier(_start + action.Time, () => Finish(context.Now));
    }

    public override ObservedMapping Observe() => new ObservedMapping().With("outcome", "waited").With("time", context.Now - _start);
}
