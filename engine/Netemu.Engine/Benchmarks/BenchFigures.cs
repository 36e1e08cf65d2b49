namespace Netemu.Engine.Benchmarks;

/// <summary>
/// What a benchmark measured: how much was done, in how many nanoseconds, and what it allocated. Where the measurement was
/// taken in slices, <paramref name="BestNanosecondsEach"/> is the best of them: what the machine does when nobody disturbs it.
/// <paramref name="PlainHops"/> is what the best slice's operation costs in hops of the best slice of a plain chain beside it.
/// </summary>
public readonly record struct BenchFigures(
    string Name, long Operations, long Nanoseconds, long AllocatedBytes, ulong Hash, double BestNanosecondsEach = 0, double PlainHops = 0)
{
    public double PerSecond => Operations * 1e9 / Nanoseconds;

    public double NanosecondsEach => (double)Nanoseconds / Operations;
}
