using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Frames;
using Netemu.Topologies.Building;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>
/// Runs the steps of a topology in order. A step begins at a barrier, alone in its instant, when it says or when the one
/// before has ended: at the end of the window in which that was. At its end what was seen is compared with what must be.
/// </summary>
/// <remarks>
/// <code>
/// start-up commands -> step: [run to its time | until converged] -> barrier: Begin -> run until done -> Observe, Close
///                   -> ... -> [run until background steps are done] -> [run until the given time | converged] -> outcome
/// </code>
/// Frames are counted from a step's start to the start of the next one, so its verdict stands only then.
/// </remarks>
public sealed class ScenarioRunner
{
    private readonly RunSession _session;
    private readonly RunOptions _options;
    private readonly List<StepPlan> _plans;
    private readonly List<StepRecord> _records = [];
    private readonly List<ExpectationRecord> _expectations = [];
    private readonly Dictionary<StepPlan, ObservedMapping> _seen = [];
    private StepPlan? _open;
    private int _next;
    private SimTime _deadline;
    private bool _missedConvergence;

    public ScenarioRunner(BuiltTopology topology, ICommandRunner? commands, RunOptions options)
    {
        _options = options;
        _session = new RunSession(topology, commands, options);
        _deadline = _session.Deadline;
        IReadOnlyList<StepSpec> steps = options.RunsSteps ? topology.Specification.Steps : [];
        _plans = new StepPlanner(_session).Plan(steps, options.ChecksSteps ? topology.Diagnostics : new DiagnosticBag());
        if (options.ChecksSteps)
        {
            CheckQuiet(topology, options, steps);
        }

        if (commands is null && topology.Nodes.FirstOrDefault(n => n.Exec.Count > 0) is { } node)
        {
            topology.Diagnostics.Unsupported(
                BuildCode.UnsupportedCommand, $"'exec' of node '{node.Name}' is not supported in this build", node.Exec[0].Range);
        }
    }

    public RunSession Session => _session;

    /// <summary>A network with a live edge that is to converge must say for how long nothing may change.</summary>
    private static void CheckQuiet(BuiltTopology topology, RunOptions options, IReadOnlyList<StepSpec> steps)
    {
        bool waits = options.Until is null || steps.Any(s => s.At is { WhenConverged: true });
        if (waits && topology.Specification.Quiet is null && topology.HostEdges is [HostEdge edge, ..])
        {
            topology.Diagnostics.Error(
                BuildCode.NeedsQuiet,
                $"'{edge.Device.QualifiedName}' has a live peer: 'converged' needs a time without change",
                edge.Specification.Range,
                "add 'quiet: 2s' to the topology, or give the run an end with --until");
        }
    }

    /// <summary>Runs everything. Only with no errors among the topology's diagnostics.</summary>
    public RunOutcome Run()
    {
        if (_session.Start())
        {
            RunSteps(_session.Deadline);
            RunToEnd();
        }

        string? failure = _session.FailedCommand
            ?? (_session.Ending == RunEnding.FrameLimit ? $"ended at {_session.Now} s, where --max-frames were used up"
                : _session.Ending is null && _missedConvergence ? Unfinished()
                : null);
        CloseAll();
        return Conclude(failure);
    }

    /// <summary>
    /// Runs the steps that begin by <paramref name="end"/>, and then to that instant; those that still go on then are left as they
    /// are. For a look at a run in its middle: nothing is judged. Only after <see cref="RunSession.Start"/>.
    /// </summary>
    public void RunTo(SimTime end)
    {
        RunSteps(end);
        _session.RunTo(end);
    }

    /// <summary>Runs all steps, and then until converged; false if the run's limit came first. Only after <see cref="RunSession.Start"/>.</summary>
    public bool RunAll()
    {
        RunSteps(_session.Deadline);
        RunToEnd();
        return !_missedConvergence && _session.Ending is null;
    }

    private void RunSteps(SimTime deadline)
    {
        _deadline = deadline;
        while (_next < _plans.Count && RunStep(_plans[_next]))
        {
            _next++;
        }

        bool background = _session.RunUntil(_deadline, () => _plans.TrueForAll(p => !p.HasBegun || IsDone(p)));
        _missedConvergence |= !background && IsOpenEnded;
    }

    /// <summary>True where the run goes on as long as its steps take, so that a step that never comes is a failure.</summary>
    private bool IsOpenEnded => _options.Until is null && _deadline == _session.Deadline;

    private static bool IsDone(StepPlan plan)
    {
        plan.Execution.Poll();
        return plan.Execution.IsDone;
    }

    private void RunToEnd()
    {
        if (_options.Until is { } until)
        {
            _session.RunTo(until);
        }
        else if (!_missedConvergence)
        {
            _missedConvergence = !_session.RunUntilConverged(_options.Limit);
        }
    }

    /// <summary>Runs a step to its end. False if it has not begun by the deadline, or not ended: no later one begins then.</summary>
    private bool RunStep(StepPlan plan)
    {
        if (_session.Ending is not null || _missedConvergence)
        {
            // Virtual time stands still: what only looks can still look.
            if (plan.Execution.IsCheck && _session.Ending == RunEnding.FrameLimit)
            {
                Begin(plan);
                Look(plan);
            }

            return true;
        }

        if (!TryFindStart(plan.Step, out SimTime start) || start > _deadline || !_session.RunAt(start, () => Begin(plan)))
        {
            // Its turn has not come. Where the clock stands still for good, later checks still look.
            return _session.Ending is not null;
        }

        if (plan.Execution.IsCheck)
        {
            Look(plan);
        }
        else if (!plan.Step.Background)
        {
            bool ended = _session.RunUntil(_deadline, () => IsDone(plan));
            if (ended || _session.Ending is not null)
            {
                Conclude(plan);
            }

            return ended || _session.Ending is not null;
        }

        return true;
    }

    private bool TryFindStart(StepSpec step, out SimTime start)
    {
        start = _session.Now;
        if (step.At is { WhenConverged: true })
        {
            if (!_session.RunUntilConverged(_deadline))
            {
                _missedConvergence = IsOpenEnded;
                return false;
            }

            start = _session.Now;
        }
        else if (step.At is { } at && at.At > start)
        {
            start = at.At;
        }

        start += step.After;
        return true;
    }

    /// <summary>At the step's barrier: the step before is no longer counted, this one is.</summary>
    private void Begin(StepPlan plan)
    {
        CloseCounters();
        _options.BeforeStep?.Invoke();
        plan.HasBegun = true;
        plan.Start = _session.Now;
        foreach (Model.DeviceRef device in plan.Step.Frames)
        {
            if (_session.Topology.FindDevice(device) is { } found)
            {
                plan.Counters.Add(new FrameCounter(found, device.ToString()));
            }
        }

        _open = plan;
        plan.Execution.Begin();
    }

    /// <summary>A check: once, or until it holds or its time is over.</summary>
    private void Look(StepPlan plan)
    {
        if (plan.Step is { Within: { } within, Expect: { } expected })
        {
            SimTime end = plan.Start + within < _deadline ? plan.Start + within : _deadline;
            _session.RunUntil(end, () => Expectation.Evaluate(expected, plan.Execution.Observe()).Passed);
        }

        plan.LastLook = _session.Now;
        Conclude(plan);
    }

    /// <summary>The step has ended: what it saw is final.</summary>
    private void Conclude(StepPlan plan)
    {
        _seen.Add(plan, plan.Execution.Observe());
        plan.Execution.Close();
        if (plan.Counters.Count == 0)
        {
            Report(plan, []);
        }
    }

    /// <summary>The next step begins: the frames of the one before are final, and with them its verdict.</summary>
    private void CloseCounters()
    {
        StepPlan? plan = _open;
        _open = null;
        if (plan is null || plan.Counters.Count == 0)
        {
            return;
        }

        List<FrameGroup> frames = [.. plan.Counters.SelectMany(c => c.Close())];
        plan.Counters.Clear();
        if (_seen.TryGetValue(plan, out ObservedMapping? seen))
        {
            AddFrames(seen, frames);
            Report(plan, frames);
        }
        else
        {
            plan.BackgroundFrames = frames;
        }
    }

    private static void AddFrames(ObservedMapping seen, List<FrameGroup> frames) =>
        seen.WithList("frames", frames.Select(f => new ObservedMapping()
            .With("device", f.Device).With("direction", f.Inbound ? "in" : "out").With("count", f.Count).With("line", f.Line)));

    private void CloseAll()
    {
        CloseCounters();
        foreach (StepPlan plan in _plans)
        {
            if (plan.HasBegun && !_seen.ContainsKey(plan))
            {
                _seen.Add(plan, plan.Execution.Observe());
                plan.Execution.Close();
                AddFrames(_seen[plan], plan.BackgroundFrames);
                Report(plan, plan.BackgroundFrames);
            }
            else if (!plan.HasBegun)
            {
                _seen.Add(plan, new ObservedMapping().With("outcome", "not run"));
                Report(plan, []);
            }
        }

        _records.Sort((a, b) => a.Index.CompareTo(b.Index));
        _expectations.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    private void Report(StepPlan plan, IReadOnlyList<FrameGroup> frames)
    {
        ObservedMapping seen = _seen[plan];
        StepSpec step = plan.Step;
        SimTime end = plan.LastLook ?? (plan.Execution.IsDone ? plan.Execution.End : _session.Now);
        StepRecord record = new(step.Index, step.Range.Line, step.Action.Kind, plan.Start, end, seen, frames);
        _records.Add(record);
        if (step.Expect is { } expected)
        {
            ExpectationOutcome verdict = Expectation.Evaluate(expected, seen);
            string text = $"{StepText.Describe(step)}: {verdict.Text}";
            _expectations.Add(new ExpectationRecord(
                step.Index, step.Range.File, step.Range.Line, text, verdict.Passed, verdict.Observed));
        }

        _options.StepEnded?.Invoke(record);
    }

    /// <summary>What the limit of virtual time came before.</summary>
    private string Unfinished()
    {
        StepPlan? plan = _plans.Find(p => p.HasBegun && !p.Step.Background && !IsDone(p)) ?? _plans.Find(p => p.HasBegun && !IsDone(p));
        return plan is null
            ? _session.Unconverged
            : $"{plan.Step.Range}: step {plan.Step.Index} had not ended at {_session.Now} s, the limit; --until sets another";
    }

    private RunOutcome Conclude(string? failure)
    {
        BuiltTopology topology = _session.Topology;
        RunContribution contribution = new();
        foreach (EmulationExtension extension in topology.Extensions)
        {
            extension.Contribute(contribution);
        }

        FrameAccounting frames = topology.Emulation.Frames.Accounting;
        bool converged = _session.Ending is null && !_missedConvergence && _session.Convergence.IsConverged;
        return new RunOutcome
        {
            Name = topology.Specification.Name,
            Seed = topology.Specification.Seed,
            Hash = topology.Emulation.ComputeHash(),
            VirtualTime = _session.Now,
            Converged = converged,
            ConvergedAt = converged ? _session.Convergence.LastChange : null,
            Ending = _session.Ending ?? (_missedConvergence ? RunEnding.TimeLimit : RunEnding.Reached),
            Nodes = topology.Emulation.Nodes.Count,
            Namespaces = topology.Emulation.Nodes.Sum(n => n.Namespaces.Count),
            Frames = new FrameTotals(
                frames.Sent,
                frames.Delivered,
                topology.Emulation.CountHeldFrames(),
                [.. frames.Drops().Select(d => KeyValuePair.Create(d.Key.ToString(), d.Value))]),
            Bgp = contribution.Bgp,
            Expectations = _expectations,
            Steps = _records,
            Warnings = [.. topology.Diagnostics.Items.Where(d => d.Severity == DiagnosticSeverity.Warning), .. contribution.Warnings],
            Changes = contribution.Changes,
            Failure = failure,
        };
    }
}
