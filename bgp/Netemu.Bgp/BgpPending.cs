using System;

namespace Netemu.Bgp;

/// <summary>What a speaker still waits for before the network counts as converged.</summary>
[Flags]
public enum BgpPending : byte
{
    None = 0,

    /// <summary>A session was started and its first attempt has neither succeeded nor failed.</summary>
    SessionAttempt = 1 << 0,

    /// <summary>A link or node has changed and no keepalive has come since.</summary>
    Liveness = 1 << 1,

    /// <summary>Bytes that a neighbour has not acknowledged.</summary>
    UnacknowledgedBytes = 1 << 2,

    /// <summary>Changes wait for an advertisement interval.</summary>
    AdvertisementInterval = 1 << 3,

    /// <summary>Routes of a neighbour that restarts.</summary>
    StaleRoutes = 1 << 4,

    /// <summary>Changes of this instant.</summary>
    Changes = 1 << 5,
}
