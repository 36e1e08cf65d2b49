namespace Netemu.Engine.Linux.Benchmarks;

/// <summary>
/// What one core does: <see cref="CpuNanoseconds"/> is the engine's thread alone, with all that the kernel does in its
/// system calls; who generates has another core.
/// </summary>
public sealed record TapFigures(
    string Name, long Packets, long Frames, long Bytes, long WallNanoseconds, long CpuNanoseconds, long Windows, long AllocatedBytes)
{
    /// <summary>Packets of the kernel per second of one core.</summary>
    public double PacketsPerCore => Packets * 1e9 / CpuNanoseconds;

    /// <summary>Bytes per second of one core.</summary>
    public double BytesPerCore => Bytes * 1e9 / CpuNanoseconds;
}
