using System;
using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Bgp.Service;
using Netemu.Core.Time;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>
/// Speakers on some transport, in virtual time, with everything counted that they receive. What is built before
/// <see cref="Start"/> boots at t=0.
/// </summary>
internal abstract class BgpLab
{
    private static readonly Duration s_step = Duration.FromMilliseconds(100);
    private static readonly Duration s_piece = Duration.FromMilliseconds(1);

    private readonly List<LabSpeaker> _speakers = [];

    protected BgpLab() => Tally = new UpdateTally(() => Instant);

    public IReadOnlyList<LabSpeaker> Speakers => _speakers;

    /// <summary>What all speakers have received.</summary>
    public UpdateTally Tally { get; }

    /// <summary>The interning tables of the run.</summary>
    public BgpTables Tables { get; } = new();

    /// <summary>The instant that everything before has been run.</summary>
    public abstract SimTime Now { get; }

    /// <summary>Packets that the speakers' machines have sent; 0 on the pipe.</summary>
    public abstract long Packets { get; }

    /// <summary>Bytes that the speakers' machines have sent, headers included.</summary>
    public abstract long WireBytes { get; }

    /// <summary>Frames that any machine has dropped.</summary>
    public virtual long Drops => 0;

    public abstract ulong Hash { get; }

    /// <summary>The instant of the event that is being handled.</summary>
    protected abstract SimTime Instant { get; }

    public void Add(LabSpeaker speaker) => _speakers.Add(speaker);

    /// <summary>Boots every speaker.</summary>
    public void Start() => Do(() => _speakers.ForEach(Boot));

    public abstract void RunUntil(SimTime end);

    public void RunFor(Duration duration) => RunUntil(Now + duration);

    /// <summary>Does something to the network now, alone in its instant.</summary>
    public abstract void Do(Action action);

    /// <summary>The machine loses power: nobody hears of it.</summary>
    public abstract void PowerOff(LabSpeaker speaker);

    /// <summary>The machine boots with its configuration.</summary>
    public abstract void PowerOn(LabSpeaker speaker);

    /// <summary>
    /// Runs until nothing has changed for a step and nobody waits for anything. False if it takes too long, or if it becomes too much: asked
    /// every millisecond, because path hunting without an interval sends millions of messages in a step.
    /// </summary>
    public bool RunUntilQuiet(ExperimentContext context, Duration limit, Func<bool>? isTooMuch = null)
    {
        SimTime end = Now + limit;
        while (Now < end)
        {
            context.ThrowIfInterrupted();
            (long, int) before = (Tally.Updates, Tally.EstablishedSides);
            SimTime next = Now + s_step;
            while (isTooMuch is not null && Now + s_piece < next)
            {
                RunUntil(Now + s_piece);
                if (isTooMuch())
                {
                    return false;
                }

                context.ThrowIfInterrupted();
            }

            RunUntil(next);
            if (before == (Tally.Updates, Tally.EstablishedSides) && IsQuiet())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs until something holds, looked at every 100 ms. False if it takes too long.</summary>
    public bool RunUntil(ExperimentContext context, Duration limit, Func<bool> holds) => RunUntil(context, limit, holds, s_step);

    /// <summary>Runs until something holds, looked at once a <paramref name="step"/>. False if it takes too long.</summary>
    public bool RunUntil(ExperimentContext context, Duration limit, Func<bool> holds, Duration step)
    {
        SimTime end = Now + limit;
        while (!holds())
        {
            if (Now >= end)
            {
                return false;
            }

            context.ThrowIfInterrupted();
            RunUntil(Now + step);
        }

        return true;
    }

    /// <summary>The last change of any best path.</summary>
    public SimTime LastRouteChange()
    {
        SimTime last = SimTime.Zero;
        foreach (LabSpeaker speaker in _speakers)
        {
            last = speaker.Speaker is { } running && running.LastRouteChange > last ? running.LastRouteChange : last;
        }

        return last;
    }

    protected abstract void Boot(LabSpeaker speaker);

    /// <summary>True while messages wait to be served.</summary>
    protected virtual bool IsServing => false;

    private bool IsQuiet()
    {
        if (IsServing)
        {
            return false;
        }

        foreach (LabSpeaker speaker in _speakers)
        {
            if (speaker.Speaker is { } running && running.Pending != BgpPending.None)
            {
                return false;
            }
        }

        return true;
    }
}
