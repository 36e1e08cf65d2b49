using System;
using System.Collections.Generic;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// fq_codel (net/sched/sch_fq_codel.c; RFC 8290): conversations are hashed into queues, each under CoDel, served by
/// deficit round robin; queues that just became active come first.
/// </summary>
public sealed class FqCodelDiscipline : QueueingDiscipline, ICodelOwner
{
    private readonly Queue<Flow> _newFlows = [];
    private readonly Queue<Flow> _oldFlows = [];
    private readonly Flow?[] _flows;
    private readonly List<Flow> _used = [];
    private FqCodelOptions _options;
    private FqCodelStatistics _codelStatistics;
    private ulong _perturbation;
    private int _count;
    private long _backlog;

    public FqCodelDiscipline(FqCodelOptions options)
    {
        _options = options;
        _flows = new Flow?[options.Flows];
    }

    public override string Kind => "fq_codel";

    /// <summary>The parameters; the number of flows stays what it was at first.</summary>
    public FqCodelOptions Options
    {
        get => _options;
        set => _options = value with { Flows = _flows.Length };
    }

    public override int Count => _count;

    public override long Backlog => _backlog;

    public ref FqCodelStatistics CodelStatistics => ref _codelStatistics;

    /// <summary>Queues that became active and have not been through a whole turn.</summary>
    public int NewFlows => _newFlows.Count;

    public int OldFlows => _oldFlows.Count;

    /// <summary>Bytes of a turn: the quantum, or what the device sends at most.</summary>
    public int Quantum => _options.Quantum > 0 ? _options.Quantum : LongestPacket;

    long ICodelOwner.BacklogBytes => _backlog;

    int ICodelOwner.LongestPacket => LongestPacket;

    private int LongestPacket => Owner.Device.Mtu + EthernetHeader.Size;

    internal override bool Enqueue(Frame frame, long now)
    {
        int index = (int)((UInt128)FrameFields.FlowHash(frame, _perturbation) * (ulong)_flows.Length >> 64);
        Flow flow = _flows[index] ??= MakeFlow();
        flow.Queue.Add(frame, now);
        _count++;
        _backlog += frame.Length;
        if (!flow.IsActive)
        {
            flow.IsActive = true;
            flow.Deficit = Quantum;
            _newFlows.Enqueue(flow);
            _codelStatistics.NewFlowCount++;
        }

        if (_count <= _options.Limit && _backlog <= _options.MemoryLimit)
        {
            return true;
        }

        DropFromLongest();
        return true;
    }

    internal override Frame? Dequeue(long now)
    {
        while (true)
        {
            bool isNew = _newFlows.Count > 0;
            Queue<Flow> flows = isNew ? _newFlows : _oldFlows;
            if (flows.Count == 0)
            {
                return null;
            }

            Flow flow = flows.Peek();
            if (flow.Deficit <= 0)
            {
                flow.Deficit += Quantum;
                flows.Dequeue();
                _oldFlows.Enqueue(flow);
                continue;
            }

            if (flow.Queue.Dequeue(now, _options.Codel) is { } frame)
            {
                flow.Deficit -= frame.Length;
                return Leave(frame);
            }

            // An empty new queue goes through the old ones first, so that it cannot starve them.
            flows.Dequeue();
            if (isNew && _oldFlows.Count > 0)
            {
                _oldFlows.Enqueue(flow);
            }
            else
            {
                flow.IsActive = false;
            }
        }
    }

    internal override void Reset(DropReason reason)
    {
        foreach (Flow flow in _used)
        {
            while (flow.Queue.Count > 0)
            {
                Owner.Device.Namespace.Drop(flow.Queue.TakeHead(), reason);
            }

            flow.IsActive = false;
        }

        _newFlows.Clear();
        _oldFlows.Clear();
        _count = 0;
        _backlog = 0;
    }

    internal override void Installed()
    {
        _perturbation = Owner.Random(Owner.NextStream("fq_codel")).NextUInt64();
        base.Installed();
    }

    void ICodelOwner.Taken(Frame frame)
    {
        _count--;
        _backlog -= frame.Length;
        _codelStatistics.MaxPacket = Math.Max(_codelStatistics.MaxPacket, frame.Length);
    }

    void ICodelOwner.DropCongested(Frame frame) => Refuse(frame, DropReason.QdiscCongested);

    void ICodelOwner.CountMark() => _codelStatistics.EcnMark++;

    void ICodelOwner.CountThresholdMark() => _codelStatistics.CeMark++;

    private Flow MakeFlow()
    {
        Flow flow = new(new CodelQueue(this));
        _used.Add(flow);
        return flow;
    }

    /// <summary>Half of the longest queue, but no more than a batch, from its head (fq_codel_drop).</summary>
    private void DropFromLongest()
    {
        Flow? longest = null;
        foreach (Flow flow in _used)
        {
            if (longest is null || flow.Queue.Bytes > longest.Queue.Bytes)
            {
                longest = flow;
            }
        }

        long threshold = longest!.Queue.Bytes / 2;
        long bytes = 0;
        int dropped = 0;
        do
        {
            Frame frame = longest.Queue.TakeHead();
            bytes += frame.Length;
            _count--;
            _backlog -= frame.Length;
            _codelStatistics.DropOverlimit++;
            Refuse(frame, DropReason.QueueFull);
        }
        while (++dropped < _options.DropBatch && bytes < threshold && longest.Queue.Count > 0);

        longest.Queue.CountDrops(dropped);
    }

    private sealed class Flow(CodelQueue queue)
    {
        public CodelQueue Queue { get; } = queue;

        public int Deficit { get; set; }

        public bool IsActive { get; set; }
    }
}
