using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Results;

/// <summary>What people read of a result: the expectations that failed, and the last line.</summary>
public static class RunSummary
{
    private const int ShortHash = 8;
    private const int LongestReason = 160;

    /// <summary>The keys by which steps say why.</summary>
    private static readonly ImmutableArray<string> s_reasons = ["icmp", "from", "mtu", "errno", "error", "exit", "stderr", "at", "where", "why", "rejected"];

    /// <summary><c>converged at 3.412 s, 0.21 s wall, 41/41 expectations, seed 1, run 9f3c1a2b</c></summary>
    public static string LastLine(RunResult result)
    {
        string state = result.ConvergedAt is { } at
            ? $"converged at {Seconds(at.Nanoseconds, 3)} s"
            : $"not converged at {Seconds(result.VirtualTime.Nanoseconds, 3)} s";
        string hash = result.Hash.Length > ShortHash ? result.Hash[..ShortHash] : result.Hash;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{state}, {Seconds(result.WallTime.Nanoseconds, 2)} s wall, {result.PassedExpectations}/{result.Expectations.Count} expectations, seed {result.Seed}, run {hash}");
    }

    /// <summary>Each expectation that failed, with its place and what was seen, if its step was run; empty where all passed.</summary>
    public static string Failures(RunResult result)
    {
        StringBuilder text = new();
        foreach (ExpectationRecord expectation in result.Expectations)
        {
            if (expectation.Passed)
            {
                continue;
            }

            if (WasNotRun(result, expectation))
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{expectation.File}:{expectation.Line}: step {expectation.Index} was not run: {expectation.Text}\n");
            }
            else
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{expectation.File}:{expectation.Line}: step {expectation.Index} failed: {expectation.Text}\n   seen: {expectation.Observed}{Reason(result, expectation)}\n");
            }
        }

        return text.ToString();
    }

    private static bool WasNotRun(RunResult result, ExpectationRecord expectation) =>
        result.Steps.FirstOrDefault(s => s.Index == expectation.Index)?.Outcome is ObservedMapping outcome && outcome["outcome"]?.ToString() == "not run";

    /// <summary>Why a step came to what was seen, where it reports that and the expectation did not ask: who refused, what a command wrote.</summary>
    private static string Reason(RunResult result, ExpectationRecord expectation)
    {
        if (result.Steps.FirstOrDefault(s => s.Index == expectation.Index)?.Outcome is not ObservedMapping outcome)
        {
            return string.Empty;
        }

        string seen = expectation.Observed.ToString()!;
        string[] parts =
        [
            .. s_reasons.Where(key => outcome[key] is not null && !seen.Contains($"{key}: ", System.StringComparison.Ordinal))
                .Select(key => (Key: key, Text: outcome[key]!.ToString()!))
                .Where(p => p.Text.Length is > 0 and <= LongestReason && p.Text != seen && p.Text is not ("0" or "[]" or "\"\""))
                .Select(p => $"{p.Key}: {p.Text}"),
        ];
        return parts.Length == 0 ? string.Empty : $" ({string.Join(", ", parts)})";
    }

    /// <summary>Each step with its time and what it saw.</summary>
    public static string Steps(RunResult result)
    {
        StringBuilder text = new();
        foreach (StepRecord step in result.Steps)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"step {step.Index} (line {step.Line}) {step.Kind} {Seconds(step.Start.Nanoseconds, 6)} s to {Seconds(step.End.Nanoseconds, 6)} s: {step.Outcome}\n");
        }

        return text.ToString();
    }

    /// <summary>Each change of a cluster's objects with the time until every node had it in force.</summary>
    public static string Changes(RunResult result)
    {
        const int Shown = 3;
        StringBuilder text = new();
        foreach (ChangeRecord change in result.Changes)
        {
            string objects = string.Join(", ", change.Objects.Take(Shown));
            string more = change.Objects.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {change.Objects.Count - Shown} more") : string.Empty;
            text.Append(
                CultureInfo.InvariantCulture,
                $"change at {Seconds(change.At.Nanoseconds, 6)} s ({objects}{more}): in force after {Seconds(change.Convergence.Nanoseconds, 6)} s, {change.Nodes} of {result.Nodes} nodes had work\n");
        }

        return text.ToString();
    }

    /// <summary>Seconds with a number of digits, the rest rounded to the nearest.</summary>
    private static string Seconds(long nanoseconds, int digits)
    {
        long unit = 1_000_000_000;
        for (int i = 0; i < digits; i++)
        {
            unit /= 10;
        }

        long rounded = (nanoseconds + (unit / 2)) / unit;
        long scale = 1_000_000_000 / unit;
        return $"{rounded / scale}.{(rounded % scale).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}";
    }
}
