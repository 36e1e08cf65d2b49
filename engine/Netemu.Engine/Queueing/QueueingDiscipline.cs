using System.Collections.Generic;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// A queueing discipline (struct Qdisc): takes the frames that a device is to send and says which leaves when. It owns
/// what it holds; a frame that it refuses has ended, with a reason, when <see cref="Enqueue"/> returns.
/// </summary>
/// <remarks>Handles and classes are the kernel's numbers: major in the upper, minor in the lower 16 bits.</remarks>
public abstract class QueueingDiscipline
{
    private QueueStatistics _statistics;

    /// <summary>The word of `tc qdisc`: pfifo, netem, tbf.</summary>
    public abstract string Kind { get; }

    /// <summary>The number before the colon in the upper half, or 0 for a discipline that has none.</summary>
    public uint Handle { get; internal set; }

    /// <summary>The class or discipline that this one is a child of; <see cref="EgressQueue.Root"/> for the outermost.</summary>
    public uint Parent { get; internal set; } = EgressQueue.Root;

    /// <summary>Frames held, those of children among them.</summary>
    public abstract int Count { get; }

    /// <summary>Their bytes.</summary>
    public abstract long Backlog { get; }

    public ref QueueStatistics Statistics => ref _statistics;

    /// <summary>The inner disciplines with the class that each stands in.</summary>
    public virtual IEnumerable<(uint Class, QueueingDiscipline Child)> Children => [];

    /// <summary>The queue of the device that this discipline serves. Set when it is installed.</summary>
    internal EgressQueue Owner { get; set; } = null!;

    /// <summary>Takes a frame, or ends it and returns false.</summary>
    internal abstract bool Enqueue(Frame frame, long now);

    /// <summary>The frame that may leave now, or null.</summary>
    internal abstract Frame? Dequeue(long now);

    /// <summary>
    /// When to ask again after <see cref="Dequeue"/> had nothing although frames are held; <see cref="long.MaxValue"/> if
    /// only a new frame changes anything.
    /// </summary>
    internal virtual long NextDue => long.MaxValue;

    /// <summary>Ends every frame that is held (qdisc_reset).</summary>
    internal abstract void Reset(DropReason reason);

    /// <summary>Puts a discipline into a class; false if there is no such class.</summary>
    internal virtual bool Graft(uint classId, QueueingDiscipline child) => false;

    /// <summary>Takes what stands in a class out again, for what the class had at first.</summary>
    internal virtual void Ungraft(uint classId)
    {
    }

    /// <summary>True if the discipline has classes that take other disciplines.</summary>
    public virtual bool IsClassful => false;

    /// <summary>Called once, when the discipline has its device.</summary>
    internal virtual void Installed()
    {
        foreach ((uint _, QueueingDiscipline child) in Children)
        {
            child.Owner = Owner;
            child.Installed();
        }
    }

    /// <summary>A frame has left: counts it.</summary>
    protected Frame Leave(Frame frame)
    {
        _statistics.SentPackets++;
        _statistics.SentBytes += frame.Length;
        return frame;
    }

    /// <summary>Ends a frame here and counts it.</summary>
    protected bool Refuse(Frame frame, DropReason reason)
    {
        _statistics.Dropped++;
        Owner.Device.Namespace.Drop(frame, reason);
        return false;
    }

    protected static uint Minor(uint classId) => classId & 0xFFFF;
}
