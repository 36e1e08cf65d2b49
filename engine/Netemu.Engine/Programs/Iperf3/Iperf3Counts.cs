namespace Netemu.Engine.Programs.Iperf3;

/// <summary>What a stream has done up to an instant; the difference of two is an interval.</summary>
public readonly record struct Iperf3Counts(long Bytes, long Packets, long Lost, long Retransmits)
{
    public static Iperf3Counts operator -(Iperf3Counts left, Iperf3Counts right) => new(
        left.Bytes - right.Bytes, left.Packets - right.Packets, left.Lost - right.Lost, left.Retransmits - right.Retransmits);

    public static Iperf3Counts operator +(Iperf3Counts left, Iperf3Counts right) => new(
        left.Bytes + right.Bytes, left.Packets + right.Packets, left.Lost + right.Lost, left.Retransmits + right.Retransmits);
}
