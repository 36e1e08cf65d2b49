namespace Netemu.Bgp.Sessions;

/// <summary>Why a session is not Established: the answer that logs make people search for.</summary>
public enum NotEstablishedReason : byte
{
    /// <summary>It is Established.</summary>
    None,

    /// <summary>Not started yet, or the first attempt has not begun.</summary>
    NotTried,

    /// <summary>An administrator has shut it down.</summary>
    AdministrativelyDown,

    /// <summary>A passive neighbour: the other side has not connected.</summary>
    WaitingForPeer,

    /// <summary>Connected; OPEN or KEEPALIVE is on its way.</summary>
    InProgress,

    /// <summary>Nobody listens at the neighbour (RST).</summary>
    ConnectionRefused,

    /// <summary>No answer to the connection request.</summary>
    ConnectionTimedOut,

    /// <summary>No route, or an ICMP error.</summary>
    Unreachable,

    /// <summary>The connection was closed or reset before a NOTIFICATION.</summary>
    ConnectionLost,

    /// <summary>The neighbour fell silent.</summary>
    HoldTimerExpired,

    /// <summary>The neighbour took nothing of what we had to say (RFC 9687).</summary>
    SendHoldTimerExpired,

    /// <summary>The link to the neighbour lost its carrier.</summary>
    InterfaceDown,

    /// <summary>BFD lost the neighbour.</summary>
    BfdDown,

    /// <summary>More prefixes than configured; it waits for an operator or for the restart interval.</summary>
    MaximumPrefixes,

    /// <summary>We sent a NOTIFICATION; see the last error.</summary>
    NotificationSent,

    /// <summary>The neighbour sent a NOTIFICATION; see the last error.</summary>
    NotificationReceived,
}
