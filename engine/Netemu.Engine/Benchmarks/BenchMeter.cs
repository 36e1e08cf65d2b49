using System;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>Runs an emulation for some time of the clock, and counts what it does.</summary>
/// <param name="name">What the figures are called.</param>
/// <param name="emulation">What runs.</param>
/// <param name="step">How much virtual time passes between two looks at the clock.</param>
/// <param name="count">The operations so far.</param>
/// <param name="clock">The time in nanoseconds.</param>
internal sealed class BenchMeter(string name, Emulation emulation, Duration step, Func<long> count, Func<long> clock)
{
    /// <summary>Ten milliseconds: short against what disturbs a shared machine, long against a look at the clock.</summary>
    private const long Slice = 10_000_000;

    private long _operations;
    private long _nanoseconds;
    private long _allocated;
    private double _best = double.MaxValue;

    public BenchFigures Figures => new(name, _operations, _nanoseconds, _allocated, emulation.ComputeHash(), _best);

    /// <summary>Measures until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Measure(long budget)
    {
        Forget();
        while (_nanoseconds < budget)
        {
            RunSlice();
        }

        return Figures;
    }

    /// <summary>Adds a short run to the figures.</summary>
    public void RunSlice()
    {
        long before = count();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        long now = start;
        while (now - start < Slice)
        {
            emulation.RunUntil(emulation.Now + step);
            now = clock();
        }

        long operations = count() - before;
        _operations += operations;
        _nanoseconds += now - start;
        _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (operations > 0)
        {
            _best = Math.Min(_best, (double)(now - start) / operations);
        }
    }

    /// <summary>What was measured was a warm-up.</summary>
    public void Forget() => (_operations, _nanoseconds, _allocated, _best) = (0, 0, 0, double.MaxValue);
}
