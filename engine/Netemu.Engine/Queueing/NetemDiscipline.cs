using System;
using System.Collections.Generic;
using Netemu.Core.Randomness;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// netem (net/sched/sch_netem.c): delays, loses, doubles, corrupts and reorders frames, and sends them at a rate. Frames
/// leave by the instant that was drawn for them; of equal instants, the earlier one first.
/// </summary>
/// <remarks>
/// Two deviations. A rate is exact: what division leaves is carried over, where the kernel rounds each frame down. And
/// correlated jitter takes the upper bits of the correlated number where the kernel takes the remainder of a division,
/// in which no correlation is left: here a correlation has the effect that tc-netem(8) describes.
/// </remarks>
public sealed class NetemDiscipline : QueueingDiscipline
{
    private const long Billion = 1_000_000_000;

    private readonly DelayedFrames _delayed = new();
    private readonly TimedQueue _front = new();
    private readonly LossChain _chain = new();
    private QueueingDiscipline? _child;
    private CorrelatedRandom _delays = null!;
    private CorrelatedRandom _losses = null!;
    private CorrelatedRandom _duplicates = null!;
    private CorrelatedRandom _corruptions = null!;
    private CorrelatedRandom _reorderings = null!;
    private NetemOptions _options;
    private string _stream = string.Empty;
    private long _remainder;
    private uint _counter;
    private bool _duplicating;

    public NetemDiscipline(NetemOptions options) => _options = options;

    public override string Kind => "netem";

    public override bool IsClassful => true;

    /// <summary>The parameters; frames that wait keep the instants that they have.</summary>
    public NetemOptions Options
    {
        get => _options;
        set
        {
            bool reseed = value.Seed != _options.Seed;
            _options = value;
            _remainder = 0;
            if (reseed && _stream.Length > 0)
            {
                MakeStreams();
            }
        }
    }

    public override int Count => _delayed.Count + _front.Count + (_child?.Count ?? 0);

    public override long Backlog => _delayed.Bytes + _front.Bytes + (_child?.Backlog ?? 0);

    public override IEnumerable<(uint Class, QueueingDiscipline Child)> Children =>
        _child is null ? [] : [(Handle | 1, _child)];

    internal override long NextDue => Math.Min(
        _delayed.Count == 0 ? long.MaxValue : _delayed.HeadTime, _child is { Count: > 0 } ? _child.NextDue : long.MaxValue);

    internal override bool Enqueue(Frame frame, long now)
    {
        bool twice = !_duplicating && _duplicates.Hits(_options.Duplicate, _options.DuplicateCorrelation);
        bool lost = IsLost() && !(_options.Ecn && FrameFields.TrySetCongestion(frame));
        if (lost && !twice)
        {
            return Refuse(frame, DropReason.ImpairLoss);
        }

        // A frame that is to be doubled and lost goes on once.
        Frame? copy = twice && !lost ? frame.Clone() : null;
        if (_corruptions.Hits(_options.Corrupt, _options.CorruptCorrelation))
        {
            Corrupt(frame);
        }

        if (_delayed.Count + _front.Count >= _options.Limit)
        {
            if (copy is not null)
            {
                Refuse(copy, DropReason.QueueFull);
            }

            return Refuse(frame, DropReason.QueueFull);
        }

        if (copy is not null)
        {
            // The copy enters at the root, before the frame itself, and is not doubled again.
            _duplicating = true;
            Owner.EnqueueAgain(copy, now);
            _duplicating = false;
        }

        Put(frame, now);
        return true;
    }

    internal override Frame? Dequeue(long now)
    {
        if (_front.Count > 0)
        {
            return Leave(_front.Take());
        }

        while (_delayed.Count > 0 && _delayed.HeadTime <= now)
        {
            Frame frame = _delayed.Take();
            if (_child is null)
            {
                return Leave(frame);
            }

            if (!_child.Enqueue(frame, now))
            {
                Statistics.Dropped++;
            }
        }

        return _child?.Dequeue(now) is { } inner ? Leave(inner) : null;
    }

    internal override bool Graft(uint classId, QueueingDiscipline child)
    {
        if (Minor(classId) > 1)
        {
            return false;
        }

        _child?.Reset(DropReason.QdiscReset);
        _child = child;
        return true;
    }

    internal override void Ungraft(uint classId)
    {
        _child?.Reset(DropReason.QdiscReset);
        _child = null;
    }

    internal override void Reset(DropReason reason)
    {
        while (_front.Count > 0)
        {
            Owner.Device.Namespace.Drop(_front.Take(), reason);
        }

        while (_delayed.Count > 0)
        {
            Owner.Device.Namespace.Drop(_delayed.Take(), reason);
        }

        _child?.Reset(reason);
    }

    internal override void Installed()
    {
        if (_stream.Length == 0)
        {
            _stream = Owner.NextStream("netem");
            MakeStreams();
        }

        base.Installed();
    }

    private bool IsLost() => _options.LossModel is { } model
        ? _chain.Step(model, _losses)
        : _losses.Hits(_options.Loss, _options.LossCorrelation);

    private void Put(Frame frame, long now)
    {
        if (_options.Gap != 0
            && _counter >= _options.Gap - 1
            && _options.Reorder >= _reorderings.Next(_options.ReorderCorrelation))
        {
            // One out of Gap frames overtakes all that wait.
            _counter = 0;
            _front.Add(frame, now);
            Statistics.Requeues++;
            return;
        }

        long delay = NetemTables.Draw(_options, _delays);
        long from = now;
        if (_options.RateBitsPerSecond > 0)
        {
            if (_delayed.Count > 0)
            {
                // The frame's bits go out after those of the last one in the queue: what it waits there, it need not be delayed.
                long last = _delayed.Latest;
                delay = Math.Max(0, delay - (last - now));
                from = last;
            }
            else
            {
                _remainder = 0;
            }

            delay += SerialisationTime(frame.Length);
        }

        _counter++;
        _delayed.Add(frame, from + delay);
    }

    private long SerialisationTime(int length)
    {
        long bytes = length + _options.PacketOverhead;
        if (_options.CellSize > 0)
        {
            long cells = (bytes + _options.CellSize - 1) / _options.CellSize;
            bytes = cells * (_options.CellSize + _options.CellOverhead);
        }

        (long time, long rest) = Math.DivRem((Math.Max(0, bytes) * 8 * Billion) + _remainder, _options.RateBitsPerSecond);
        _remainder = rest;
        return time;
    }

    /// <summary>Flips one bit; nobody may trust the frame's checksums any more.</summary>
    private void Corrupt(Frame frame)
    {
        if (frame.Length == 0)
        {
            return;
        }

        frame.EnsureWritable();
        frame.Bytes[(int)_corruptions.Below(frame.Length)] ^= (byte)(1 << (int)_corruptions.Below(8));
        frame.Flags &= ~(FrameFlags.HeaderChecked | FrameFlags.TransportChecked);
    }

    private void MakeStreams()
    {
        _delays = Stream("delay");
        _losses = Stream("loss");
        _duplicates = Stream("duplicate");
        _corruptions = Stream("corrupt");
        _reorderings = Stream("reorder");
    }

    private CorrelatedRandom Stream(string use) => new(
        _options.Seed is { } seed ? new RandomSource(seed, $"netem/{use}") : Owner.Random($"{_stream}/{use}"));
}
