using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// One queue under CoDel (include/net/codel_impl.h; RFC 8289): drops from the head when the delay has stayed above the
/// target for an interval, and then ever faster until it is below.
/// </summary>
internal sealed class CodelQueue(ICodelOwner owner)
{
    private readonly TimedQueue _frames = new();
    private CodelState _state;

    public int Count => _frames.Count;

    public long Bytes => _frames.Bytes;

    public void Add(Frame frame, long now) => _frames.Add(frame, now);

    /// <summary>Takes the head off, for a drop that CoDel did not ask for.</summary>
    public Frame TakeHead() => _frames.Take();

    /// <summary>Drops for other reasons strengthen CoDel's signal as well (fq_codel_drop).</summary>
    public void CountDrops(int drops) => _state.Count += (uint)drops;

    /// <summary>codel_dequeue.</summary>
    public Frame? Dequeue(long now, CodelParameters parameters)
    {
        Frame? frame = Next(now, parameters, out bool drop);
        if (frame is null)
        {
            _state.Dropping = false;
            return null;
        }

        if (_state.Dropping)
        {
            if (!drop)
            {
                _state.Dropping = false;
            }
            else
            {
                frame = KeepDropping(frame, now, parameters);
            }
        }
        else if (drop)
        {
            frame = BeginDropping(frame, now, parameters);
        }

        if (frame is not null && parameters.CeThreshold is { } threshold && _state.LastDelay > threshold.Nanoseconds
            && FrameFields.TrySetCongestion(frame))
        {
            owner.CountThresholdMark();
        }

        return frame;
    }

    private Frame? KeepDropping(Frame first, long now, CodelParameters parameters)
    {
        Frame? frame = first;
        long interval = parameters.Interval.Nanoseconds;
        while (_state.Dropping && now >= _state.DropNext)
        {
            _state.Count++;
            _state.NewtonStep();
            if (parameters.Ecn && FrameFields.TrySetCongestion(frame!))
            {
                owner.CountMark();
                _state.DropNext = _state.ControlLaw(_state.DropNext, interval);
                return frame;
            }

            owner.DropCongested(frame!);
            frame = Next(now, parameters, out bool drop);
            if (!drop)
            {
                _state.Dropping = false;
            }
            else
            {
                _state.DropNext = _state.ControlLaw(_state.DropNext, interval);
            }
        }

        return frame;
    }

    private Frame? BeginDropping(Frame first, long now, CodelParameters parameters)
    {
        Frame? frame = first;
        long interval = parameters.Interval.Nanoseconds;
        if (parameters.Ecn && FrameFields.TrySetCongestion(frame))
        {
            owner.CountMark();
        }
        else
        {
            owner.DropCongested(frame);
            frame = Next(now, parameters, out _);
        }

        _state.Dropping = true;

        // If the queue was below the target only shortly, the rate that controlled it then is where to start.
        uint delta = _state.Count - _state.LastCount;
        if (delta > 1 && now - _state.DropNext < 16 * interval)
        {
            _state.Count = delta;
            _state.NewtonStep();
        }
        else
        {
            _state.Restart();
        }

        _state.LastCount = _state.Count;
        _state.DropNext = _state.ControlLaw(now, interval);
        return frame;
    }

    /// <summary>Takes the head, and says whether CoDel would drop it (codel_should_drop).</summary>
    private Frame? Next(long now, CodelParameters parameters, out bool drop)
    {
        drop = false;
        if (_frames.Count == 0)
        {
            _state.FirstAboveTime = 0;
            return null;
        }

        Frame frame = _frames.Take(out long enqueued);
        owner.Taken(frame);
        _state.LastDelay = now - enqueued;
        if (_state.LastDelay < parameters.Target.Nanoseconds || owner.BacklogBytes <= owner.LongestPacket)
        {
            _state.FirstAboveTime = 0;
            return frame;
        }

        if (_state.FirstAboveTime == 0)
        {
            _state.FirstAboveTime = now + parameters.Interval.Nanoseconds;
        }
        else
        {
            drop = now > _state.FirstAboveTime;
        }

        return frame;
    }
}
