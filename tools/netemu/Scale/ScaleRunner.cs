using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>
/// Runs cells, side by side where asked: each on one thread, with an emulation of its own. Rows are handed out in the order
/// of the cells, so that what is written does not depend on the number of jobs.
/// </summary>
internal sealed class ScaleRunner(Experiment experiment, int jobs, ScaleProgress progress, Terminal terminal)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, ExperimentRow> _waiting = [];
    private readonly List<ExperimentRow> _rows = [];
    private Exception? _failure;
    private int _taken;

    /// <param name="cells">What to run.</param>
    /// <param name="done">Rows that are known already; their cells are not run again.</param>
    /// <param name="write">Takes each row, in order.</param>
    public ScaleOutcome Run(IReadOnlyList<ExperimentCell> cells, IReadOnlyList<ExperimentRow> done, Action<ExperimentRow> write)
    {
        long started = Stopwatch.GetTimestamp();
        Dictionary<string, ExperimentRow> known = done.ToDictionary(r => r.Key, StringComparer.Ordinal);
        progress.Begin(cells.Count - known.Count);
        Thread[] threads = new Thread[Math.Min(jobs, Math.Max(1, cells.Count))];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() => Work(cells, known, write)) { Name = $"cell {i}" };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        progress.End();
        if (_failure is not null)
        {
            throw new InvalidOperationException("a cell failed", _failure);
        }

        // Ctrl-C may have left gaps: what is done is kept.
        foreach (ExperimentRow row in _waiting.Values)
        {
            write(row);
            _rows.Add(row);
        }

        return new ScaleOutcome(_rows, cells.Count, terminal.IsInterrupted && _rows.Count < cells.Count, Stopwatch.GetElapsedTime(started));
    }

    private void Work(IReadOnlyList<ExperimentCell> cells, Dictionary<string, ExperimentRow> known, Action<ExperimentRow> write)
    {
        ExperimentContext context = new(() => terminal.IsInterrupted || _failure is not null, Clock) { BeginBuilding = QuietHeap.Begin };
        while (!context.IsInterrupted())
        {
            int place = Interlocked.Increment(ref _taken) - 1;
            if (place >= cells.Count)
            {
                return;
            }

            ExperimentCell cell = cells[place];
            try
            {
                bool isKnown = known.TryGetValue(cell.Key, out ExperimentRow? row);
                row ??= experiment.Run(cell, context);
                Finish(place, row, isKnown, write);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
        }
    }

    private void Finish(int place, ExperimentRow row, bool isKnown, Action<ExperimentRow> write)
    {
        if (jobs > 1)
        {
            // The heap is shared: what one cell holds cannot be told.
            row["peakBytes"] = string.Empty;
        }

        lock (_lock)
        {
            _waiting.Add(place, row);
            while (_waiting.Remove(_rows.Count, out ExperimentRow? next))
            {
                write(next);
                _rows.Add(next);
            }

            if (!isKnown)
            {
                progress.Advance(row.Key, row.Failures.Count > 0);
            }
        }
    }

    private static long Clock() => Stopwatch.GetElapsedTime(0).Ticks * 100;
}
