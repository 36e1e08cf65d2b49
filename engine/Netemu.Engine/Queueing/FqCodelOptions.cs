namespace Netemu.Engine.Queueing;

/// <summary>The parameters of fq_codel (RFC 8290 section 5.2), with the kernel's defaults.</summary>
public sealed record FqCodelOptions
{
    /// <summary>Packets that may wait in all queues.</summary>
    public int Limit { get; init; } = 10 * 1024;

    public int Flows { get; init; } = 1024;

    /// <summary>Bytes that a queue may send in its turn; 0 for the device's MTU and header.</summary>
    public int Quantum { get; init; }

    public CodelParameters Codel { get; init; } = new() { Ecn = true };

    public long MemoryLimit { get; init; } = 32 << 20;

    /// <summary>Packets dropped at once from the longest queue when the limit is met.</summary>
    public int DropBatch { get; init; } = 64;
}
