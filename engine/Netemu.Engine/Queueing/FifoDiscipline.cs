using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>pfifo, bfifo and pfifo_head_drop (net/sched/sch_fifo.c): one queue with a limit in packets or bytes.</summary>
public sealed class FifoDiscipline : QueueingDiscipline
{
    private readonly TimedQueue _queue = new();
    private readonly FifoKind _kind;

    /// <param name="kind">What the limit counts, and which end gives way.</param>
    /// <param name="limit">Packets, or bytes for <see cref="FifoKind.Bytes"/>.</param>
    public FifoDiscipline(FifoKind kind, long limit)
    {
        _kind = kind;
        Limit = limit;
    }

    public override string Kind => _kind switch
    {
        FifoKind.Bytes => "bfifo",
        FifoKind.PacketsHeadDrop => "pfifo_head_drop",
        _ => "pfifo",
    };

    /// <summary>In packets or bytes; what is held when it shrinks stays.</summary>
    public long Limit { get; set; }

    public override int Count => _queue.Count;

    public override long Backlog => _queue.Bytes;

    /// <summary>The frame that leaves next, or null.</summary>
    internal Frame? Head => _queue.Count == 0 ? null : _queue.Head;

    internal override bool Enqueue(Frame frame, long now)
    {
        bool fits = _kind == FifoKind.Bytes ? _queue.Bytes + frame.Length <= Limit : _queue.Count < Limit;
        if (!fits)
        {
            if (_kind != FifoKind.PacketsHeadDrop || _queue.Count == 0)
            {
                return Refuse(frame, DropReason.QueueFull);
            }

            // pfifo_tail_enqueue: the oldest makes room for the newest.
            Refuse(_queue.Take(), DropReason.QueueFull);
        }

        _queue.Add(frame, now);
        return true;
    }

    internal override Frame? Dequeue(long now) => _queue.Count == 0 ? null : Leave(_queue.Take());

    internal override void Reset(DropReason reason)
    {
        while (_queue.Count > 0)
        {
            Owner.Device.Namespace.Drop(_queue.Take(), reason);
        }
    }
}
