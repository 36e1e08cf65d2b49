using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Cli.Scale;

/// <summary>Which facts of a topology differ between seeds: with equal input they depend on order alone.</summary>
internal static class SeedDependence
{
    /// <summary>One sentence for each fact that differs; runs without failure first decide what is usual.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SweepRun> runs)
    {
        List<string> found = [];
        foreach (string fact in runs.SelectMany(r => r.Facts.Keys).Distinct().OrderBy(f => f, StringComparer.Ordinal))
        {
            IGrouping<string, SweepRun>[] values =
            [
                .. runs.GroupBy(r => r.Facts.GetValueOrDefault(fact, "none")).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal),
            ];
            if (values.Length > 1)
            {
                found.Add($"{fact}: {string.Join("; ", values.Select(v => $"{v.Key} ({Seeds(v)})"))}");
            }
        }

        return found;
    }

    /// <summary>
    /// One sentence for each expectation that failed, with what the first of those runs saw; or only those that failed whatever the seed,
    /// which depend on nothing and which <see cref="Of"/> therefore does not name.
    /// </summary>
    public static IReadOnlyList<string> FailuresOf(IReadOnlyList<SweepRun> runs, bool onlyOfAll)
    {
        List<string> found = [];
        foreach (string fact in runs.SelectMany(r => r.Facts.Keys).Distinct().Where(f => f.StartsWith("expectation ", StringComparison.Ordinal)))
        {
            SweepRun[] failed = [.. runs.Where(r => r.Facts.GetValueOrDefault(fact, "passed") != "passed")];
            if (failed.Length > 0 && (!onlyOfAll || (failed.Length == runs.Count && failed.Select(r => r.Facts[fact]).Distinct().Count() == 1)))
            {
                string count = failed.Length == runs.Count ? "every run" : $"{failed.Length} of {runs.Count} runs";
                found.Add($"{fact} in {count}: {failed[0].Facts[fact]}");
            }
        }

        return found;
    }

    private static string Seeds(IGrouping<string, SweepRun> group)
    {
        const int Shown = 5;
        ulong[] seeds = [.. group.Select(r => r.Seed)];
        string list = string.Join(", ", seeds.Take(Shown));
        return $"{seeds.Length} {(seeds.Length == 1 ? "seed" : "seeds")}: {list}{(seeds.Length > Shown ? ", ..." : string.Empty)}";
    }
}
