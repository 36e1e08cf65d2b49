using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Bgp.Service;

/// <summary>
/// One server with a first-in first-out queue: the CPU of a node, or of a machine that several nodes share. What it has
/// served goes on at the end of its service time.
/// </summary>
public sealed class ServiceQueue(IScheduler scheduler) : TimerEntry
{
    private readonly Queue<Job> _jobs = [];

    /// <summary>Messages that wait or are being served.</summary>
    public int Count => _jobs.Count;

    /// <summary>The time spent serving.</summary>
    public Duration Busy { get; private set; }

    public override void Expire()
    {
        Job served = _jobs.Dequeue();
        if (_jobs.TryPeek(out Job next))
        {
            scheduler.Schedule(this, scheduler.Now + next.Time);
        }

        served.Stream.Served(served);
    }

    internal void Add(ServiceStream stream, Duration time, int length, bool isClosed = false)
    {
        Busy += time;
        _jobs.Enqueue(new Job(stream, time, length, isClosed));
        if (_jobs.Count == 1)
        {
            scheduler.Schedule(this, scheduler.Now + time);
        }
    }

    internal readonly record struct Job(ServiceStream Stream, Duration Time, int Length, bool IsClosed);
}
