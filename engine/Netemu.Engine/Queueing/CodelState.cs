namespace Netemu.Engine.Queueing;

/// <summary>
/// The state of CoDel's control loop for one queue (struct codel_vars; RFC 8289 section 5). The inverse square root of the
/// drop count is kept as a fraction of 16 bits and follows the count by Newton steps, without a division.
/// </summary>
internal struct CodelState
{
    private const int RecInvSqrtShift = 16;

    public uint Count;
    public uint LastCount;
    public bool Dropping;
    public ushort RecInvSqrt;
    public long FirstAboveTime;
    public long DropNext;
    public long LastDelay;

    /// <summary>new = (old / 2) * (3 - count * old * old).</summary>
    public void NewtonStep()
    {
        uint inverse = (uint)RecInvSqrt << RecInvSqrtShift;
        uint square = (uint)(((ulong)inverse * inverse) >> 32);
        ulong value = (3UL << 32) - ((ulong)Count * square);
        value >>= 2;
        value = (value * inverse) >> (32 - 2 + 1);
        RecInvSqrt = (ushort)(value >> RecInvSqrtShift);
    }

    /// <summary>When to drop next: interval / sqrt(count) after <paramref name="time"/>.</summary>
    public readonly long ControlLaw(long time, long interval) =>
        time + (long)(((System.UInt128)(ulong)interval * ((uint)RecInvSqrt << RecInvSqrtShift)) >> 32);

    /// <summary>The first drop of a new dropping state.</summary>
    public void Restart()
    {
        Count = 1;
        RecInvSqrt = ushort.MaxValue;
    }
}
