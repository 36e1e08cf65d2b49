namespace Netemu.Engine.Programs.Iperf3;

/// <summary>What one side says of a stream: its counts, its jitter in nanoseconds, and how long it ran in seconds.</summary>
public readonly record struct Iperf3StreamResult(Iperf3Counts Counts, long Jitter, decimal Seconds);
