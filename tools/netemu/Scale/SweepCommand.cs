using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Scale;

/// <summary>
/// <c>netemu sweep</c>: runs a topology for every combination of variables and every seed, and gives means with 95 %
/// confidence intervals; <c>--compare</c> tells instead what depends on the seed, that is on order.
/// </summary>
internal sealed class SweepCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _topology = new("TOPO") { Description = "A topology file or a directory of files" };
    private readonly Option<string[]> _sets = new("--set") { Description = "Values of a variable: K=V1,V2,...", DefaultValueFactory = _ => [] };
    private readonly Option<string> _seeds = new("--seeds") { Description = "Seeds, with ranges: 1-30", DefaultValueFactory = _ => "1-10" };
    private readonly Option<string?> _csv = new("--csv") { Description = "Writes one line a run as CSV; - is standard output" };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the result as one JSON document" };
    private readonly Option<bool> _compare = new("--compare") { Description = "Tells which expectations, best paths and counters depend on the seed" };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Runs side by side", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "No progress" };

    /// <summary>True for <c>seed-sweep</c>, which is nothing else.</summary>
    private bool AlwaysCompares { get; init; }

    private SweepCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal)
    {
        SweepCommand sweep = new(terminal);
        Command command = new("sweep", "Runs a topology for many seeds and values: means, confidence intervals, what depends on order.")
        {
            sweep._topology, sweep._sets, sweep._seeds, sweep._csv, sweep._json, sweep._compare, sweep._jobs, sweep._quiet,
        };
        command.SetAction(sweep.Invoke);
        return command;
    }

    /// <summary><c>netemu scale seed-sweep</c>: the comparison by name, as one of the experiments.</summary>
    public static Command BuildSeedSweep(Terminal terminal)
    {
        SweepCommand sweep = new(terminal) { AlwaysCompares = true };
        Command command = new("seed-sweep", "Any topology: which expectations, best paths and counters depend on the seed, that is on order.")
        {
            sweep._topology, sweep._sets, sweep._seeds, sweep._csv, sweep._json, sweep._jobs, sweep._quiet,
        };
        command.SetAction(sweep.Invoke);
        return command;
    }

    private bool Compares(ParseResult parsed) => AlwaysCompares || parsed.GetValue(_compare);

    private int Invoke(ParseResult parsed)
    {
        if (!TryReadSeeds(parsed.GetRequiredValue(_seeds), out List<ulong> seeds))
        {
            _terminal.Error.WriteLine("netemu: --seeds: write numbers and ranges, such as 1-30 or 1,5,9");
            return (int)ExitCode.Usage;
        }

        List<KeyValuePair<string, string>[]> settings = [[]];
        foreach (string text in parsed.GetValue(_sets) ?? [])
        {
            string[] parts = text.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0)
            {
                _terminal.Error.WriteLine($"netemu: --set '{text}': write K=V1,V2");
                return (int)ExitCode.Usage;
            }

            settings = [.. settings.SelectMany(s => parts[1].Split(',').Select(v => (KeyValuePair<string, string>[])[.. s, new(parts[0], v)]))];
        }

        SweepRunner runner = new(_terminal, parsed.GetRequiredValue(_topology), parsed.GetValue(_jobs), new ScaleProgress(_terminal, parsed.GetValue(_quiet)));
        SweepResult result = runner.Run(settings, seeds, followsPaths: Compares(parsed));
        if (result.ExitCode is ExitCode.InvalidInput or ExitCode.UnsupportedFeature)
        {
            return (int)result.ExitCode;
        }

        try
        {
            if (parsed.GetValue(_csv) is { } file)
            {
                using StreamWriter? writer = file == "-" ? null : new StreamWriter(file) { NewLine = "\n" };
                WriteCsv(writer ?? (TextWriter)_terminal.OutputWriter, result);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _terminal.Error.WriteLine($"netemu: {failure.Message}");
            return (int)ExitCode.Usage;
        }

        Tell(parsed, result);
        return (int)result.ExitCode;
    }

    private void Tell(ParseResult parsed, SweepResult result)
    {
        bool taken = parsed.GetValue(_csv) == "-";
        if (parsed.GetValue(_json) && !taken)
        {
            _terminal.OutputWriter.Flush();
            WriteJson(result, Compares(parsed));
            _terminal.OutputWriter.WriteLine();
            return;
        }

        TextWriter text = taken ? _terminal.Error : _terminal.OutputWriter;
        foreach (IGrouping<string, SweepRun> group in result.Runs.GroupBy(r => r.Setting))
        {
            if (group.Key.Length > 0)
            {
                text.WriteLine(group.Key);
            }

            if (Compares(parsed))
            {
                WriteDependencies(text, [.. group]);
            }
            else
            {
                WriteMeans(text, [.. group]);
            }

            foreach (string failure in SeedDependence.FailuresOf([.. group], onlyOfAll: Compares(parsed)))
            {
                text.WriteLine($"  {failure}");
            }
        }

        int failed = result.Runs.Count(r => r.Outcome != ExitCode.Success);
        text.WriteLine($"{result.Runs.Count} runs, {result.Runs.Count - failed} without failure{(result.IsInterrupted ? ", interrupted" : string.Empty)}");
    }

    private static void WriteMeans(TextWriter text, IReadOnlyList<SweepRun> runs)
    {
        foreach (string metric in SweepRun.Metrics)
        {
            double[] values = [.. runs.Where(r => r.Values.ContainsKey(metric)).Select(r => r.Values[metric])];
            if (values.Length > 0)
            {
                Estimate mean = Estimate.Of(values);
                text.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {metric,-16} {mean.Mean,14:0.######} ± {mean.HalfWidth:0.######}  (95 %, {values.Length} runs, {values.Min():0.######} to {values.Max():0.######})"));
            }
        }
    }

    private static void WriteDependencies(TextWriter text, IReadOnlyList<SweepRun> runs)
    {
        IReadOnlyList<string> dependencies = SeedDependence.Of(runs);
        if (dependencies.Count == 0)
        {
            text.WriteLine($"  nothing depends on the seed in {runs.Count} runs: expectations, best paths and counters are the same");
        }

        foreach (string dependency in dependencies)
        {
            text.WriteLine($"  {dependency}");
        }
    }

    private static void WriteCsv(TextWriter writer, SweepResult result)
    {
        writer.WriteLine($"setting,seed,{string.Join(',', SweepRun.Metrics)},hash,exit");
        foreach (SweepRun run in result.Runs)
        {
            IEnumerable<string> values = SweepRun.Metrics.Select(m =>
                run.Values.TryGetValue(m, out double value) ? value.ToString("0.#########", CultureInfo.InvariantCulture) : string.Empty);
            writer.WriteLine($"\"{run.Setting}\",{run.Seed},{string.Join(',', values)},{run.Hash:x16},{(int)run.Outcome}");
        }
    }

    private void WriteJson(SweepResult result, bool compare)
    {
        using Utf8JsonWriter writer = new(_terminal.Output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("schema", "netemu/v1");
        writer.WriteString("kind", "Sweep");
        writer.WriteBoolean("complete", !result.IsInterrupted);
        writer.WriteStartArray("settings");
        foreach (IGrouping<string, SweepRun> group in result.Runs.GroupBy(r => r.Setting))
        {
            writer.WriteStartObject();
            writer.WriteString("setting", group.Key);
            writer.WriteNumber("runs", group.Count());
            writer.WriteNumber("failed", group.Count(r => r.Outcome != ExitCode.Success));
            foreach (string metric in SweepRun.Metrics)
            {
                double[] values = [.. group.Where(r => r.Values.ContainsKey(metric)).Select(r => r.Values[metric])];
                if (values.Length > 0)
                {
                    Estimate mean = Estimate.Of(values);
                    writer.WriteStartObject(metric);
                    writer.WriteNumber("mean", Math.Round(mean.Mean, 9));
                    writer.WriteNumber("halfWidth95", Math.Round(mean.HalfWidth, 9));
                    writer.WriteNumber("minimum", values.Min());
                    writer.WriteNumber("maximum", values.Max());
                    writer.WriteEndObject();
                }
            }

            if (compare)
            {
                writer.WriteStartArray("dependsOnSeed");
                foreach (string dependency in SeedDependence.Of([.. group]))
                {
                    writer.WriteStringValue(dependency);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool TryReadSeeds(string text, out List<ulong> seeds)
    {
        seeds = [];
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-', 2);
            ulong last = 0;
            bool valid = ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong first);
            valid &= ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last);
            if (!valid || last < first || last - first > 100_000)
            {
                return false;
            }

            for (ulong seed = first; seed <= last; seed++)
            {
                seeds.Add(seed);
            }
        }

        return seeds.Count > 0;
    }
}
