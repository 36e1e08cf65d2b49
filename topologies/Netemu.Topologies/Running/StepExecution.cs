using Netemu.Core.Time;

using Netemu.Topologies.Expectations;
namespace Netemu.Topologies.Running;

/// <summary>
/// One step while it runs. It begins at a barrier, ends by <see cref="Finish"/> from any event of the emulation, and says
/// at any time what has been seen.
/// </summary>
public abstract class StepExecution
{
    public bool IsDone { get; private set; }

    /// <summary>When it ended; meaningful once done.</summary>
    public SimTime End { get; private set; }

    /// <summary>True for what only looks: it may be looked at again, and needs no virtual time.</summary>
    public virtual bool IsCheck => false;

    /// <summary>Does what the step does, at a barrier.</summary>
    public abstract void Begin();

    /// <summary>Asked after every window while the step runs, for what has no event that would end it.</summary>
    public virtual void Poll()
    {
    }

    /// <summary>What has been seen.</summary>
    public abstract ObservedMapping Observe();

    /// <summary>Gives back sockets and timers; called once, whatever became of the step.</summary>
    public virtual void Close()
    {
    }

    /// <summary>The step has ended; only the first call counts.</summary>
    protected void Finish(SimTime end)
    {
        if (!IsDone)
        {
            IsDone = true;
            End = end;
        }
    }
}
