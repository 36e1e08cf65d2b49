namespace Netemu.Engine.Benchmarks;

/// <summary>What a benchmark measured: how much was done, in how many nanoseconds, and what it allocated.</summary>
public readonly record struct BenchFigures(string Name, long Operations, long Nanoseconds, long AllocatedBytes, ulong Hash)
{
    public double PerSecond => Operations * 1e9 / Nanoseconds;

    public double NanosecondsEach => (double)Nanoseconds / Operations;
}
