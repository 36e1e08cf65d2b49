using Netemu.Topologies.Expectations;
namespace Netemu.Topologies.Running.Checks;

/// <summary>A step that only looks at the state of this instant.</summary>
internal abstract class CheckExecution(StepContext context) : StepExecution
{
    public sealed override bool IsCheck => true;

    protected StepContext Context => context;

    public sealed override void Begin() => Finish(context.Now);

    /// <summary>What is not there.</summary>
    protected static ObservedMapping Missing(string what = "absent") => new ObservedMapping().With("outcome", what);
}
