using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Running;

/// <summary>
/// A built topology with its clock: runs virtual time to an instant or until something holds, and runs commands. What a
/// scenario, a shell and a single command have in common.
/// </summary>
public sealed class RunSession
{
    private readonly RunOptions _options;

    public RunSession(BuiltTopology topology, ICommandRunner? commands, RunOptions options)
    {
        Topology = topology;
        Commands = commands;
        _options = options;
        Convergence = new ConvergenceTracker(topology);
    }

    public BuiltTopology Topology { get; }

    public Emulation Emulation => Topology.Emulation;

    public ICommandRunner? Commands { get; }

    public ConvergenceTracker Convergence { get; }

    public SimTime Now => Emulation.Now;

    /// <summary>Why virtual time stands still for good; null while it may go on.</summary>
    public RunEnding? Ending { get; private set; }

    /// <summary>The start-up command that failed, with what it wrote; null where all succeeded.</summary>
    public string? FailedCommand { get; private set; }

    /// <summary>The last instant that this run may reach.</summary>
    public SimTime Deadline => _options.Until ?? _options.Limit;

    /// <summary>That it is not converged now, and what it waits for.</summary>
    public string Unconverged
    {
        get
        {
            const int Shown = 5;
            List<string> pending = [.. Convergence.Pending];
            string more = pending.Count > Shown ? $" and {pending.Count - Shown} more" : string.Empty;
            return $"not converged at {Now} s; pending: {string.Join(", ", pending.Take(Shown))}{more}";
        }
    }

    /// <summary>Runs the nodes' start-up commands at t=0, in the order of declaration; false once one has failed.</summary>
    public bool Start()
    {
        foreach (NodeSpec node in Topology.Nodes)
        {
            if (!RunStartCommands(node))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Runs until <paramref name="holds"/> after some window, at most to <paramref name="end"/>; says whether it held.</summary>
    public bool RunUntil(SimTime end, Func<bool> holds)
    {
        if (holds())
        {
            return true;
        }

        if (Ending is not null)
        {
            return false;
        }

        if (_options.Replay is { } replay)
        {
            return Follow(replay, holds);
        }

        bool held = false;
        Emulation.RunUntil(end, () => (held = holds()) || _options.IsInterrupted());
        JournalKind kind = held ? JournalKind.Held
            : _options.IsInterrupted() ? JournalKind.Interrupted
            : Emulation.FrameLimitReached ? JournalKind.FrameLimit
            : JournalKind.Ended;
        _options.Recording?.Write(new JournalEntry(kind, Now, Emulation.IsInstantOpen));
        return Decide(kind, holds);
    }

    /// <summary>Runs <paramref name="action"/> at a barrier at <paramref name="time"/>, or now if that has passed; false if the run ended before.</summary>
    public bool RunAt(SimTime time, Action action)
    {
        if (Ending is not null)
        {
            return false;
        }

        bool done = false;
        Emulation.AtBarrier(time, () =>
        {
            action();
            done = true;
        });
        return RunUntil(time < Now ? Now : time, () => done);
    }

    /// <summary>Runs to an instant.</summary>
    public void RunTo(SimTime time) => RunUntil(time, static () => false);

    /// <summary>Runs until nothing is pending; false if <paramref name="limit"/> came first.</summary>
    public bool RunUntilConverged(SimTime limit) => RunUntil(limit, () => Convergence.IsConverged);

    /// <summary>Runs one command line to its end, in virtual time. Null if this run has no commands.</summary>
    public ICommandExecution? RunCommand(NetworkNamespace space, string line)
    {
        if (Commands is null)
        {
            return null;
        }

        ICommandExecution? execution = null;
        if (!RunAt(Now, () => execution = Commands.Start(space, line)) || execution is null)
        {
            return null;
        }

        if (!RunUntil(Deadline, () => execution.IsFinished))
        {
            execution.Stop();
        }

        return execution;
    }

    /// <summary>
    /// Runs to where the recorded run stopped, and stops for the same reason. Windows differ from those of the recorded
    /// run; what happens in them does not.
    /// </summary>
    private bool Follow(EdgeReplay replay, Func<bool> holds)
    {
        if (!replay.TryNext(out JournalEntry entry))
        {
            // The recording ends in the middle: its process was killed.
            Ending = RunEnding.Interrupted;
            return false;
        }

        Emulation.RunUntil(
            entry.At,
            () => entry.IsOpen && Emulation.IsInstantOpen && Now == entry.At && (entry.Kind != JournalKind.Held || holds()));
        return Decide(entry.Kind, holds);
    }

    private bool Decide(JournalKind kind, Func<bool> holds)
    {
        Ending = kind switch
        {
            JournalKind.Interrupted => RunEnding.Interrupted,
            JournalKind.FrameLimit => RunEnding.FrameLimit,
            _ => Ending,
        };
        return kind == JournalKind.Held || holds();
    }

    /// <summary>Runs a node's start-up commands: at the beginning, and when it comes up again.</summary>
    internal bool RunStartCommands(NodeSpec node)
    {
        foreach (CommandSpec command in node.Exec)
        {
            NetworkNamespace root = Emulation.FindNode(node.Name)!.Root;
            ICommandExecution? execution = RunCommand(root, command.Line);
            if (execution is null or { IsFinished: true, ExitCode: 0 })
            {
                continue;
            }

            FailedCommand = $"{command.Range}: '{command.Line}' in '{node.Name}' failed with {execution.ExitCode}: {execution.Error.Trim()}";
            Ending = RunEnding.CommandFailed;
            return false;
        }

        return true;
    }
}
