using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Scale;

/// <summary>Runs one topology with many settings and seeds, side by side where asked; results stand in order.</summary>
internal sealed class SweepRunner(Terminal terminal, string topology, int jobs, ScaleProgress progress)
{
    private readonly Lock _lock = new();
    private ExitCode _refused = ExitCode.Success;
    private int _taken;

    public SweepResult Run(IReadOnlyList<KeyValuePair<string, string>[]> settings, IReadOnlyList<ulong> seeds, bool followsPaths)
    {
        (KeyValuePair<string, string>[] Setting, ulong Seed)[] plan = [.. settings.SelectMany(s => seeds.Select(seed => (s, seed)))];
        SweepRun?[] runs = new SweepRun?[plan.Length];
        progress.Begin(plan.Length);
        Thread[] threads = new Thread[Math.Clamp(jobs, 1, plan.Length)];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() => Work(plan, runs, followsPaths)) { Name = $"run {i}" };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        progress.End();
        List<SweepRun> done = [.. runs.OfType<SweepRun>()];
        bool interrupted = terminal.IsInterrupted && done.Count < plan.Length;
        ExitCode worst = done.Select(r => r.Outcome).Where(o => o != ExitCode.Success).DefaultIfEmpty(ExitCode.Success).Min();
        return new SweepResult(done, _refused != ExitCode.Success ? _refused : interrupted ? ExitCode.Interrupted : worst, interrupted);
    }

    private void Work((KeyValuePair<string, string>[] Setting, ulong Seed)[] plan, SweepRun?[] runs, bool followsPaths)
    {
        while (!terminal.IsInterrupted && _refused == ExitCode.Success)
        {
            int place = Interlocked.Increment(ref _taken) - 1;
            if (place >= plan.Length)
            {
                return;
            }

            SweepRun? run = RunOne(plan[place].Setting, plan[place].Seed, followsPaths);
            runs[place] = run;
            if (run is not null)
            {
                lock (_lock)
                {
                    progress.Advance($"{run.Setting} seed {run.Seed}".TrimStart(), run.Outcome != ExitCode.Success);
                }
            }
        }
    }

    private SweepRun? RunOne(KeyValuePair<string, string>[] setting, ulong seed, bool followsPaths)
    {
        LoaderOptions options = TopologyArguments.Options(seed, setting.Select(s => $"{s.Key}={s.Value}"), terminal);
        LoadedTopology loaded = TopologyLoader.Load([topology], options);
        if (loaded.Topology is not { } specification || loaded.Diagnostics.HasErrors)
        {
            Refuse(loaded, loaded.Diagnostics.Items);
            return null;
        }

        BuiltTopology built = EmulationBuilder.Build(specification, new EmulationOptions { Seed = (long)seed }, Extensions.For(loaded));
        ScenarioRunner scenario = new(built, Extensions.Commands(built), new RunOptions { IsInterrupted = () => terminal.IsInterrupted });
        if (built.Diagnostics.HasErrors)
        {
            Refuse(loaded, built.Diagnostics.Items);
            return null;
        }

        RunOutcome outcome = scenario.Run();
        return outcome.Ending == RunEnding.Interrupted ? null : ToRun(setting, seed, outcome, built, followsPaths);
    }

    private void Refuse(LoadedTopology loaded, IReadOnlyList<Netemu.Core.Diagnostics.Diagnostic> diagnostics)
    {
        lock (_lock)
        {
            if (_refused == ExitCode.Success)
            {
                TopologyArguments.Report(diagnostics, loaded, terminal);
                _refused = TopologyArguments.ExitCodeOf(diagnostics);
            }
        }
    }

    private static SweepRun ToRun(
        KeyValuePair<string, string>[] setting, ulong seed, RunOutcome outcome, BuiltTopology built, bool followsPaths)
    {
        long dropped = outcome.Frames.Dropped.Sum(d => d.Value);
        Dictionary<string, double> values = new(StringComparer.Ordinal)
        {
            ["virtualTime"] = outcome.VirtualTime.Nanoseconds / 1e9,
            ["framesSent"] = outcome.Frames.Sent,
            ["framesDropped"] = dropped,
            ["updatesSent"] = outcome.Bgp.UpdatesSent,
            ["updatesReceived"] = outcome.Bgp.UpdatesReceived,
            ["routes"] = outcome.Bgp.Routes,
            ["expectationsPassed"] = outcome.Expectations.Count(e => e.Passed),
            ["expectationsFailed"] = outcome.Expectations.Count(e => !e.Passed),
        };
        if (outcome.ConvergedAt is { } at)
        {
            values["convergedAt"] = at.Nanoseconds / 1e9;
        }

        Dictionary<string, string> facts = new(StringComparer.Ordinal);
        foreach (ExpectationRecord expectation in outcome.Expectations)
        {
            facts[$"expectation {expectation.Index} ({expectation.File}:{expectation.Line})"] = expectation.Passed ? "passed" : $"failed, {expectation.Observed}";
        }

        foreach (string counter in (string[])["framesSent", "framesDropped", "updatesReceived", "routes"])
        {
            facts[$"counter {counter}"] = values[counter].ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        }

        if (followsPaths)
        {
            AddBestPaths(built, facts);
        }

        string name = string.Join(' ', setting.Select(s => $"{s.Key}={s.Value}"));
        return new SweepRun(name, seed, values, facts, outcome.Hash, outcome.ExitCode);
    }

    private static void AddBestPaths(BuiltTopology built, Dictionary<string, string> facts)
    {
        foreach (NodeSpeaker speaker in built.Extensions.OfType<BgpExtension>().SelectMany(b => b.Speakers))
        {
            foreach (AddressFamily family in (AddressFamily[])[AddressFamily.IPv4, AddressFamily.IPv6])
            {
                foreach (BgpPath path in speaker.Speaker.Paths(family).Where(p => p.IsBest))
                {
                    string source = path.Peer is null ? "its own" : $"via {path.Peer.Address}";
                    facts[$"best path of {speaker.Namespace.QualifiedName} to {path.Prefix}"] = $"{source}, AS path [{path.Attributes.AsPath.ToString()}]";
                }
            }
        }
    }
}
