namespace Netemu.Bgp.Messages;

/// <summary>The type octet of the message header (RFC 4271 section 4.1, RFC 2918 section 3).</summary>
public enum BgpMessageType : byte
{
    Open = 1,
    Update = 2,
    Notification = 3,
    Keepalive = 4,
    RouteRefresh = 5,
}
