namespace Netemu.Bgp.Messages;

/// <summary>The error code of a NOTIFICATION (RFC 4271 section 4.5; 7 is RFC 7313's, 8 RFC 9687's).</summary>
public enum BgpErrorCode : byte
{
    None = 0,
    MessageHeader = 1,
    OpenMessage = 2,
    UpdateMessage = 3,
    HoldTimerExpired = 4,
    FiniteStateMachine = 5,
    Cease = 6,
    RouteRefreshMessage = 7,
    SendHoldTimerExpired = 8,
}
