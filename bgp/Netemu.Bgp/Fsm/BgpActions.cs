using System;

namespace Netemu.Bgp.Fsm;

/// <summary>What a transition asks of the session. Performed in the order of the bits.</summary>
[Flags]
public enum BgpActions : uint
{
    None = 0,

    /// <summary>Send the NOTIFICATION that the event's error or reason names, if a connection can carry it.</summary>
    SendNotification = 1 << 0,
    StopConnectRetryTimer = 1 << 1,
    StopDelayOpenTimer = 1 << 2,

    /// <summary>Delete the routes of this connection, stop its hold and keepalive timers, forget what was negotiated.</summary>
    ReleaseResources = 1 << 3,
    DropConnection = 1 << 4,
    ResetConnectRetryCounter = 1 << 5,
    IncrementConnectRetryCounter = 1 << 6,

    /// <summary>Start the IdleHoldTimer, longer each time (DampPeerOscillations).</summary>
    DampPeerOscillations = 1 << 7,
    StartConnectRetryTimer = 1 << 8,
    StartDelayOpenTimer = 1 << 9,
    InitiateConnection = 1 << 10,
    SendOpen = 1 << 11,

    /// <summary>HoldTimer to a large value (4 minutes are suggested) until the OPEN says more.</summary>
    StartLargeHoldTimer = 1 << 12,
    SendKeepalive = 1 << 13,

    /// <summary>Hold time and keepalive time from the OPEN; both timers start unless the hold time is 0.</summary>
    NegotiateTimers = 1 << 14,
    RestartHoldTimer = 1 << 15,
    RestartKeepaliveTimer = 1 << 16,
    ProcessUpdate = 1 << 17,

    /// <summary>The session is up: the routes are sent.</summary>
    BeginRouteExchange = 1 << 18,
}
