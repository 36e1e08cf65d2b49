using System;

namespace Netemu.Engine.Tcp;

/// <summary>The yes-or-no part of a connection's state.</summary>
[Flags]
internal enum TcpFlag : uint
{
    None = 0,

    /// <summary>Established and not yet ended, for the owner.</summary>
    Open = 1 << 0,

    NoDelay = 1 << 1,
    KeepAlive = 1 << 2,
    AllowHalfOpen = 1 << 3,

    /// <summary>No byte will be queued any more: a FIN follows the last one.</summary>
    FinQueued = 1 << 4,

    /// <summary>The other side's FIN has been seen at a known number, maybe ahead of bytes that are missing.</summary>
    RemoteFin = 1 << 5,

    /// <summary>OnReadable has been called and not everything has been read since.</summary>
    ReadableRaised = 1 << 6,

    /// <summary>A write was cut short: OnWritable is owed.</summary>
    WriteFellShort = 1 << 7,

    /// <summary>Both sides sent the timestamps option.</summary>
    Timestamps = 1 << 8,

    /// <summary>Both sides sent SACK permitted.</summary>
    Sack = 1 << 9,

    /// <summary>An acknowledgment must be sent before this segment's handling ends.</summary>
    AcknowledgeNow = 1 << 10,

    /// <summary>Something has arrived that no segment has acknowledged.</summary>
    AcknowledgeOwed = 1 << 11,

    /// <summary>The round trip of one segment is being measured.</summary>
    Timing = 1 << 12,

    /// <summary>Sending stopped because of the congestion window, so that growing it makes sense.</summary>
    WindowLimited = 1 << 13,

    /// <summary>The connection began with our SYN.</summary>
    Active = 1 << 14,

    /// <summary>Both sides sent the window scale option.</summary>
    WindowScaling = 1 << 15,

    /// <summary>The last advertised window had no room left.</summary>
    ZeroWindow = 1 << 16,

    /// <summary>The owner has closed it, or has been told that it is over: nobody listens to it any more.</summary>
    Orphan = 1 << 17,

    /// <summary>Segments have arrived in another order than they were sent in (RFC 8985 section 6.2, step 3).</summary>
    ReorderingSeen = 1 << 18,

    /// <summary>The loss timer is RACK's reordering timer, not the probe timeout.</summary>
    ReorderTimer = 1 << 19,

    /// <summary>A tail loss probe has no answer yet.</summary>
    ProbeOut = 1 << 20,

    /// <summary>The probe was a retransmission (TLP.is_retrans).</summary>
    ProbeRetransmitted = 1 << 21,

    /// <summary>Both sides understand ECN (RFC 3168).</summary>
    Ecn = 1 << 22,

    /// <summary>A congestion mark is to be echoed until the sender answers with CWR.</summary>
    EcnEcho = 1 << 23,

    /// <summary>The next new data carries CWR.</summary>
    CwrOwed = 1 << 24,

    /// <summary>The window has been reduced for an echo, up to the recovery point.</summary>
    EcnReduced = 1 << 25,

    /// <summary>Answers follow soon upon data, and may take its acknowledgment along (pingpong mode).</summary>
    Dialogue = 1 << 26,

    /// <summary>What is not acknowledged yet ended with a small segment, or with one that was pushed (ICSK_ACK_PUSHED).</summary>
    Pushed = 1 << 27,

    /// <summary>The same, twice (ICSK_ACK_PUSHED2).</summary>
    PushedTwice = 1 << 28,
}
