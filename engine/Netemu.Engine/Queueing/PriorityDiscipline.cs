using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// prio and pfifo_fast (net/sched/sch_prio.c, sch_generic.c): bands in strict order, chosen by the packet's priority, which
/// comes from its type of service.
/// </summary>
public sealed class PriorityDiscipline : QueueingDiscipline
{
    /// <summary>The band of each of the 16 priorities unless said otherwise.</summary>
    public static ImmutableArray<byte> DefaultMap { get; } = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

    private readonly bool _isClassful;
    private readonly QueueingDiscipline[] _bands;
    private readonly int _limit;

    /// <param name="bands">How many; 2 to 16.</param>
    /// <param name="map">The band of each priority.</param>
    /// <param name="limit">Packets in each band.</param>
    /// <param name="isClassful">False for pfifo_fast, whose bands cannot be replaced.</param>
    public PriorityDiscipline(int bands, ImmutableArray<byte> map, int limit, bool isClassful)
    {
        _isClassful = isClassful;
        Map = map;
        _limit = limit;
        _bands = new QueueingDiscipline[bands];
        for (int i = 0; i < bands; i++)
        {
            _bands[i] = new FifoDiscipline(FifoKind.Packets, limit);
        }
    }

    public override string Kind => _isClassful ? "prio" : "pfifo_fast";

    public override bool IsClassful => _isClassful;

    public int Bands => _bands.Length;

    public ImmutableArray<byte> Map { get; set; }

    public override int Count
    {
        get
        {
            int count = 0;
            foreach (QueueingDiscipline band in _bands)
            {
                count += band.Count;
            }

            return count;
        }
    }

    public override long Backlog
    {
        get
        {
            long bytes = 0;
            foreach (QueueingDiscipline band in _bands)
            {
                bytes += band.Backlog;
            }

            return bytes;
        }
    }

    public override IEnumerable<(uint Class, QueueingDiscipline Child)> Children
    {
        get
        {
            for (int i = 0; i < _bands.Length; i++)
            {
                yield return (Handle | (uint)(i + 1), _bands[i]);
            }
        }
    }

    internal override long NextDue
    {
        get
        {
            long due = long.MaxValue;
            foreach (QueueingDiscipline band in _bands)
            {
                due = band.Count > 0 ? Math.Min(due, band.NextDue) : due;
            }

            return due;
        }
    }

    internal override bool Enqueue(Frame frame, long now)
    {
        int band = Map[FrameFields.Priority(frame) & 15];
        if (_bands[band].Enqueue(frame, now))
        {
            return true;
        }

        Statistics.Dropped++;
        return false;
    }

    internal override Frame? Dequeue(long now)
    {
        foreach (QueueingDiscipline band in _bands)
        {
            if (band.Count > 0 && band.Dequeue(now) is { } frame)
            {
                return Leave(frame);
            }
        }

        return null;
    }

    internal override bool Graft(uint classId, QueueingDiscipline child)
    {
        int band = (int)Minor(classId) - 1;
        if (!_isClassful || band < 0 || band >= _bands.Length)
        {
            return false;
        }

        _bands[band].Reset(DropReason.QdiscReset);
        _bands[band] = child;
        return true;
    }

    internal override void Ungraft(uint classId) => Graft(classId, new FifoDiscipline(FifoKind.Packets, _limit));

    internal override void Reset(DropReason reason)
    {
        foreach (QueueingDiscipline band in _bands)
        {
            band.Reset(reason);
        }
    }

    internal override void Installed()
    {
        for (int i = 0; i < _bands.Length; i++)
        {
            if (_bands[i].Handle == 0)
            {
                _bands[i].Parent = Handle | (uint)(i + 1);
            }
        }

        base.Installed();
    }
}
