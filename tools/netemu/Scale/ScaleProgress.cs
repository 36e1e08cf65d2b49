using System;
using System.Diagnostics;
using System.Globalization;

namespace Netemu.Cli.Scale;

/// <summary>Cells done and time left, on standard error: one line that is written over on a terminal, else a line a cell.</summary>
internal sealed class ScaleProgress(Terminal terminal, bool isQuiet)
{
    private long _started;
    private int _total;
    private int _done;

    public void Begin(int total)
    {
        _started = Stopwatch.GetTimestamp();
        _total = total;
    }

    public void Advance(string cell, bool failed)
    {
        _done++;
        if (isQuiet)
        {
            return;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        TimeSpan left = elapsed / _done * (_total - _done);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{_done}/{_total} cells, {elapsed.TotalSeconds:0.0} s, about {left.TotalSeconds:0} s left: {cell}{(failed ? " FAILED" : string.Empty)}");
        if (terminal.IsInteractive)
        {
            terminal.Error.Write($"\r\u001b[K{line}");
        }
        else
        {
            terminal.Error.WriteLine(line);
        }
    }

    public void End()
    {
        if (!isQuiet && terminal.IsInteractive && _done > 0)
        {
            terminal.Error.WriteLine();
        }
    }
}
