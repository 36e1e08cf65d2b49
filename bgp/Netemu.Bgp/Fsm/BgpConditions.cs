using System;

namespace Netemu.Bgp.Fsm;

/// <summary>The session attributes (RFC 4271 section 8.1.1) and running timers that a transition depends on.</summary>
[Flags]
public enum BgpConditions : byte
{
    None = 0,

    /// <summary>The DelayOpen attribute is TRUE.</summary>
    DelayOpen = 1 << 0,

    /// <summary>The DelayOpenTimer is running.</summary>
    DelayOpenTimerRunning = 1 << 1,

    /// <summary>The DampPeerOscillations attribute is TRUE.</summary>
    DampPeerOscillations = 1 << 2,

    /// <summary>The SendNOTIFICATIONwithoutOPEN attribute is TRUE.</summary>
    SendNotificationWithoutOpen = 1 << 3,

    /// <summary>The CollisionDetectEstablishedState attribute is TRUE.</summary>
    CollisionDetectEstablishedState = 1 << 4,

    /// <summary>The PassiveTcpEstablishment attribute is TRUE.</summary>
    PassiveTcpEstablishment = 1 << 5,
}
