namespace Netemu.Core.Time;

/// <summary>
/// A timer that is its own entry in a <see cref="TimingWheel"/>: arming it allocates nothing. What expires derives from
/// it. Timers of one instant fire in the order (owner, sequence): the owner is the node's declaration index, the sequence
/// counts that node's armings, so that no global counter decides an order.
/// </summary>
public abstract class TimerEntry
{
    /// <summary>Where the timer waits.</summary>
    internal TimerPlace Place { get; set; }

    /// <summary>When it fires; meaningful while <see cref="IsArmed"/>. Set by the scheduler.</summary>
    public SimTime Due { get; set; }

    public bool IsArmed => Place != TimerPlace.None;

    /// <summary>True while it waits in a <see cref="TimerBatch"/>, not in a wheel.</summary>
    public bool IsInBatch => Place == TimerPlace.Batch;

    /// <summary>The declaration index of the node that owns the timer. Set by the scheduler.</summary>
    public int OwnerIndex { get; set; }

    /// <summary>The number of this arming among its owner's, by which the wheel knows it from earlier ones. Set by the scheduler.</summary>
    public long Sequence { get; set; }

    /// <summary>Position in the heap of timers that are due in the current window.</summary>
    internal int HeapIndex { get; set; }

    /// <summary>Called once when due; the timer is disarmed before the call and may be armed again in it.</summary>
    public abstract void Expire();
}
