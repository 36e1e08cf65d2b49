using System;
using System.Collections.Generic;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// tbf (net/sched/sch_tbf.c): a frame leaves when the bucket holds as many tokens as it has bytes. Tokens are kept in
/// billionths of a bit, so that the rate is exact over any time.
/// </summary>
public sealed class TokenBucketDiscipline : QueueingDiscipline
{
    private const long Billion = 1_000_000_000;

    private TokenBucketOptions _options;
    private QueueingDiscipline _child;
    private Frame? _next;
    private long _tokens;
    private long _peakTokens;
    private long _checked;
    private long _due = long.MaxValue;

    public TokenBucketDiscipline(TokenBucketOptions options)
    {
        _options = options;
        _child = new FifoDiscipline(FifoKind.Bytes, options.Limit);
        Fill();
    }

    public override string Kind => "tbf";

    public override bool IsClassful => true;

    public TokenBucketOptions Options
    {
        get => _options;
        set
        {
            // tbf_change: the bucket is full again; the inner bfifo takes the new limit.
            _options = value;
            if (_child is FifoDiscipline fifo)
            {
                fifo.Limit = value.Limit;
            }

            Fill();
        }
    }

    public override int Count => _child.Count + (_next is null ? 0 : 1);

    public override long Backlog => _child.Backlog + (_next?.Length ?? 0);

    /// <summary>The one class 1 of the discipline; the inner bfifo that it starts with is not shown by tc.</summary>
    public override IEnumerable<(uint Class, QueueingDiscipline Child)> Children => [(Handle | 1, _child)];

    internal override long NextDue => _next is not null || _child is FifoDiscipline { Count: > 0 } ? _due : _child.NextDue;

    internal override bool Enqueue(Frame frame, long now)
    {
        if (frame.Length > _options.Burst || (_options.PeakRateBitsPerSecond > 0 && frame.Length > _options.MinimumBurst))
        {
            return Refuse(frame, DropReason.FrameTooLong);
        }

        if (_child.Enqueue(frame, now))
        {
            return true;
        }

        Statistics.Dropped++;
        return false;
    }

    internal override Frame? Dequeue(long now)
    {
        // A fifo lets its head be seen, and goes on counting it; of other disciplines the next frame is taken and kept here
        // (qdisc_peek_head, qdisc_peek_dequeued).
        Frame? next = _child is FifoDiscipline fifo ? fifo.Head : _next ??= _child.Dequeue(now);
        if (next is null)
        {
            return null;
        }

        long cost = next.Length * 8L * Billion;
        long tokens = Earn(_tokens, now - _checked, _options.RateBitsPerSecond, _options.Burst) - cost;
        long peak = _options.PeakRateBitsPerSecond == 0
            ? 0
            : Earn(_peakTokens, now - _checked, _options.PeakRateBitsPerSecond, _options.MinimumBurst) - cost;
        if (tokens < 0 || peak < 0)
        {
            Statistics.Overlimits++;
            _due = now + Math.Max(Wait(tokens, _options.RateBitsPerSecond), Wait(peak, _options.PeakRateBitsPerSecond));
            return null;
        }

        _checked = now;
        _tokens = tokens;
        _peakTokens = peak;
        if (_next is null)
        {
            _child.Dequeue(now);
        }

        _next = null;
        return Leave(next);
    }

    internal override bool Graft(uint classId, QueueingDiscipline child)
    {
        // There is one class, 1; the handle alone stands for it as well.
        if (Minor(classId) > 1)
        {
            return false;
        }

        _child.Reset(DropReason.QdiscReset);
        if (_next is not null)
        {
            Owner.Device.Namespace.Drop(_next, DropReason.QdiscReset);
            _next = null;
        }

        _child = child;
        return true;
    }

    internal override void Ungraft(uint classId) => Graft(classId, new FifoDiscipline(FifoKind.Bytes, _options.Limit));

    internal override void Reset(DropReason reason)
    {
        if (_next is not null)
        {
            Owner.Device.Namespace.Drop(_next, reason);
            _next = null;
        }

        _child.Reset(reason);
        Fill();
    }

    internal override void Installed()
    {
        _checked = Owner.Device.Node.Now.Nanoseconds;
        if (_child.Handle == 0)
        {
            _child.Parent = Handle | 1;
        }

        base.Installed();
    }

    private static long Earn(long tokens, long nanoseconds, long rate, long burst)
    {
        long full = burst * 8L * Billion;
        Int128 earned = tokens + ((Int128)nanoseconds * rate);
        return earned > full ? full : (long)earned;
    }

    private static long Wait(long tokens, long rate) => tokens >= 0 ? 0 : (-tokens + rate - 1) / rate;

    private void Fill()
    {
        _tokens = _options.Burst * 8L * Billion;
        _peakTokens = _options.MinimumBurst * 8L * Billion;
    }
}
