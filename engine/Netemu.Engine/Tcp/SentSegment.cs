namespace Netemu.Engine.Tcp;

/// <summary>One transmission that is not acknowledged yet: its bytes, when they went last, and what has become of them.</summary>
internal struct SentSegment
{
    public uint Start;
    public uint End;
    public long SentAt;

    /// <summary>Sent more than once: an acknowledgment may mean any of the transmissions.</summary>
    public bool Retransmitted;
    public bool Sacked;

    /// <summary>Counts as lost and has not been sent again since.</summary>
    public bool Lost;
}
