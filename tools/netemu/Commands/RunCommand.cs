using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu run</c>: loads, builds, runs the steps, and tells what came of it.</summary>
internal sealed class RunCommand
{
    private const string ResultFile = "result.json";

    private readonly Terminal _terminal;
    private readonly TopologyArguments _topology = new();
    private readonly Option<string?> _until = new("--until") { Description = "Runs to this virtual time, or until 'converged'" };
    private readonly Option<string[]> _capture = new("--capture") { Description = "What to capture: all, NODE, NODE/NS, NODE[/NS]:DEV", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _write = new("--write", "-w") { Description = "Writes the capture as pcapng to a file, or to standard output with -" };
    private readonly Option<int> _snapLength = new("--snaplen", "-s") { Description = "Bytes of each frame that are kept; 0 for all" };
    private readonly Option<string?> _out = new("--out") { Description = "Writes result.json and captures into this directory" };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the result as one JSON document" };
    private readonly Option<string?> _junit = new("--junit") { Description = "Writes the expectations as JUnit XML" };
    private readonly Option<long> _maxFrames = new("--max-frames") { Description = "Ends the run after so many frames" };
    private readonly Option<string?> _events = new("--events") { Description = "Writes every BGP update as CSV: time, router, peer, prefix, type, path" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Says nothing but the result" };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tells on standard error what each step saw" };
    private readonly Option<ShardOrder> _shardOrder = new("--shard-order") { Description = "The order in which shards are visited; the result does not depend on it" };

    private RunCommand(Terminal terminal)
    {
        _terminal = terminal;
        _snapLength.Validators.Add(RefuseNegative);
        _maxFrames.Validators.Add(RefuseNegative);
    }

    public static Command Build(Terminal terminal)
    {
        RunCommand run = new(terminal);
        Command command = new("run", "Runs a topology: its steps, its expectations, its captures.");
        run._topology.AddTo(command);
        foreach (Option option in (Option[])[run._until, run._capture, run._write, run._snapLength, run._out, run._json, run._junit, run._maxFrames, run._events, run._quiet, run._verbose, run._shardOrder])
        {
            command.Options.Add(option);
        }

        LiveRun.AddTo(command);
        command.SetAction(run.Invoke);
        return command;
    }

    private static void RefuseNegative(OptionResult result)
    {
        if (result.Tokens is [.., var last] && long.TryParse(last.Value, CultureInfo.InvariantCulture, out long number) && number < 0)
        {
            result.AddError($"{result.Option.Name}: '{last.Value}' is less than 0");
        }
    }

    private int Invoke(ParseResult parsed)
    {
        long started = Stopwatch.GetTimestamp();
        LoadedTopology loaded = _topology.Load(parsed, _terminal);
        bool quiet = parsed.GetValue(_quiet);
        if (loaded.Topology is not { } topology || loaded.Diagnostics.HasErrors)
        {
            return Refuse(loaded.Diagnostics.Items, loaded, parsed);
        }

        QuietHeap.BeginFor(topology.Nodes.Count + (topology.Cluster is { } cluster ? cluster.Racks * cluster.NodesPerRack : 0) + loaded.Manifests.Count);

        SimTime? until = null;
        if (parsed.GetValue(_until) is { } text && text != "converged")
        {
            if (Quantity.TryParseDuration(text, out Duration duration) != QuantityError.None)
            {
                _terminal.Error.WriteLine($"netemu: '{text}' is no time: write 60s, 1500ms, or 'converged'");
                return (int)ExitCode.Usage;
            }

            until = SimTime.Zero + duration;
        }

        if (parsed.GetValue(_json) && parsed.GetValue(_write) == CaptureOutput.StandardOutput)
        {
            _terminal.Error.WriteLine("netemu: --json and -w - both want standard output: write one of them to a file (--out DIR has both)");
            return (int)ExitCode.Usage;
        }

        if (!TryCreateOutputs(parsed))
        {
            return (int)ExitCode.Usage;
        }

        using LiveRun? live = LiveRun.Open(parsed, _terminal, out ExitCode refusal);
        if (live is null)
        {
            return (int)refusal;
        }

        EmulationOptions options = new()
        {
            Seed = (long)topology.Seed,
            MaximumFrames = parsed.GetValue(_maxFrames),
            ShardOrder = parsed.GetValue(_shardOrder),
        };
        BuiltTopology built = EmulationBuilder.Build(topology, options, Extensions.For(loaded));
        CaptureOutput? capture = null;
        RunOptions run = new()
        {
            Until = until,
            IsInterrupted = () => _terminal.IsInterrupted || capture is { IsBroken: true },
            BeforeStep = () => capture?.Refresh(),
            Recording = live.Recording,
            Replay = live.Replay,
        };
        ScenarioRunner scenario = new(built, Extensions.Commands(built), run);
        if (built.Diagnostics.HasErrors)
        {
            return Refuse([.. loaded.Diagnostics.Items, .. built.Diagnostics.Items], loaded, parsed);
        }

        if (!quiet)
        {
            TopologyArguments.Report(loaded.Diagnostics.Items, loaded, _terminal);
        }

        if (!TryOpenCapture(parsed, built, out capture))
        {
            return (int)ExitCode.Usage;
        }

        if (live.Attach(built, _terminal) is var attached and not ExitCode.Success)
        {
            capture?.Dispose();
            return (int)attached;
        }

        UpdateEventFile? events = parsed.GetValue(_events) is null ? null : new UpdateEventFile(built);
        RunOutcome outcome;
        using (capture)
        {
            outcome = scenario.Run();
        }

        if (capture?.Failure is { } failure)
        {
            _terminal.Error.WriteLine($"netemu: {failure}");
            return (int)ExitCode.Usage;
        }

        if (events is not null && !TryWriteEvents(parsed.GetRequiredValue(_events)!, events))
        {
            return (int)ExitCode.Usage;
        }

        foreach (string absent in capture is null || quiet ? [] : capture.Absent)
        {
            _terminal.Error.WriteLine($"netemu: there never was a '{absent}' to capture");
        }

        if (!quiet && live.Lag is { } lag)
        {
            _terminal.Error.WriteLine($"netemu: {lag}");
        }

        Duration wall = Stopwatch.GetElapsedTime(started);
        RunResult result = outcome.ToResult(wall, capture is null ? [] : [new CaptureRecord(capture.File, capture.Frames)]);
        return Tell(result, outcome, parsed, quiet, capture is { IsStandardOutput: true });
    }

    /// <summary>Creates the files that the run will fill: that one of them can't be written is to be known before a long run, not after it.</summary>
    private bool TryCreateOutputs(ParseResult parsed)
    {
        string? path = parsed.GetValue(_out);
        try
        {
            if (path is not null)
            {
                path = Path.Combine(Directory.CreateDirectory(path).FullName, ResultFile);
                File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            }

            foreach (string? file in (string?[])[parsed.GetValue(_junit), parsed.GetValue(_events)])
            {
                path = file;
                if (file is not null)
                {
                    File.Open(file, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
                }
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _terminal.Error.WriteLine($"netemu: cannot write '{path}': {error.Message}");
            return false;
        }
    }

    private bool TryWriteEvents(string file, UpdateEventFile events) => TryWriteFile(file, stream =>
    {
        using StreamWriter writer = new(stream) { NewLine = "\n" };
        events.Write(writer);
    });

    /// <summary>Writes a file, if one was asked for; false after saying why it can't be written.</summary>
    private bool TryWriteFile(string? file, Action<Stream> write)
    {
        if (file is null)
        {
            return true;
        }

        try
        {
            using FileStream stream = File.Create(file);
            write(stream);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _terminal.Error.WriteLine($"netemu: cannot write '{file}': {error.Message}");
            return false;
        }
    }

    private int Refuse(IReadOnlyList<Diagnostic> diagnostics, LoadedTopology loaded, ParseResult parsed)
    {
        if (parsed.GetValue(_json))
        {
            DiagnosticOutput.WriteJson(diagnostics, _terminal);
        }

        TopologyArguments.Report(diagnostics, loaded, _terminal);
        return (int)TopologyArguments.ExitCodeOf(diagnostics);
    }

    private bool TryOpenCapture(ParseResult parsed, BuiltTopology built, out CaptureOutput? capture)
    {
        capture = null;
        List<CaptureSpec> selectors = [.. built.Specification.Captures];
        string[] given = parsed.GetValue(_capture) ?? [];
        foreach (string text in given)
        {
            if (CaptureSelection.TryParse(text) is not { } selector)
            {
                _terminal.Error.WriteLine($"netemu: '{text}' is no capture: write all, NODE, NODE/NS or NODE[/NS]:DEV");
                return false;
            }

            if (CaptureSelection.Missing(selector, built) is { } missing)
            {
                string? hint = Spelling.Hint(missing, built.Emulation.Nodes.Select(n => n.Name));
                _terminal.Error.WriteLine($"netemu: --capture {text}: there is no node '{missing}'{(hint is null ? string.Empty : $"; {hint}")}");
                return false;
            }

            selectors.Add(selector);
        }

        string? file = parsed.GetValue(_write);
        string? directory = parsed.GetValue(_out);
        if (file is null && (directory is null || selectors.Count == 0))
        {
            if (given.Length > 0)
            {
                _terminal.Error.WriteLine("netemu: --capture needs -w FILE or --out DIR");
            }

            return given.Length == 0;
        }

        try
        {
            file ??= Path.Combine(Directory.CreateDirectory(directory!).FullName, $"{built.Specification.Name}.pcapng");
            selectors = selectors.Count == 0 ? [CaptureSelection.TryParse("all")!] : selectors;
            capture = CaptureOutput.Open(file, built, selectors, parsed.GetValue(_snapLength), _terminal);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _terminal.Error.WriteLine($"netemu: cannot write '{file}': {error.Message}");
            return false;
        }
    }

    /// <summary>The result on standard output, unless a capture goes there; then on standard error.</summary>
    private int Tell(RunResult result, RunOutcome outcome, ParseResult parsed, bool quiet, bool outputIsTaken)
    {
        if (parsed.GetValue(_verbose))
        {
            _terminal.Error.Write(RunSummary.Steps(result));
            _terminal.Error.Write(RunSummary.Changes(result));
        }

        if (outcome.Failure is { } failure)
        {
            _terminal.Error.WriteLine($"netemu: {failure}");
        }

        if (!result.Frames.Balanced)
        {
            _terminal.Error.WriteLine("netemu: internal error: frames are missing: sent is not delivered + dropped + queued");
        }

        string? directory = parsed.GetValue(_out);
        string? resultFile = directory is null ? null : Path.Combine(Path.GetFullPath(directory), ResultFile);
        if (!TryWriteFile(parsed.GetValue(_junit), stream => JUnitReport.Write(stream, result))
            || !TryWriteFile(resultFile, stream => RunResultJson.Write(stream, result)))
        {
            return (int)ExitCode.Usage;
        }

        if (parsed.GetValue(_json) && !outputIsTaken)
        {
            RunResultJson.Write(_terminal.Output, result);
            _terminal.OutputWriter.WriteLine();
        }
        else
        {
            TextWriter text = outputIsTaken ? _terminal.Error : _terminal.OutputWriter;
            text.Write(RunSummary.Failures(result));
            if (!quiet || !outputIsTaken)
            {
                text.WriteLine(RunSummary.LastLine(result));
            }
        }

        return (int)outcome.ExitCode;
    }
}
