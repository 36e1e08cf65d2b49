using System;

namespace Netemu.Bgp.Messages;

/// <summary>What a speaker says of itself in OPEN (RFC 5492), one bit each.</summary>
[Flags]
public enum BgpCapabilities : uint
{
    None = 0,

    /// <summary>IPv4 unicast (RFC 4760). A peer that names no family at all speaks this one.</summary>
    IPv4Unicast = 1 << 0,

    /// <summary>IPv6 unicast (RFC 4760, RFC 2545).</summary>
    IPv6Unicast = 1 << 1,

    /// <summary>RFC 2918.</summary>
    RouteRefresh = 1 << 2,

    /// <summary>RFC 7313.</summary>
    EnhancedRouteRefresh = 1 << 3,

    /// <summary>RFC 6793.</summary>
    FourOctetAs = 1 << 4,

    /// <summary>RFC 8654.</summary>
    ExtendedMessage = 1 << 5,

    /// <summary>RFC 4724.</summary>
    GracefulRestart = 1 << 6,

    /// <summary>RFC 4724: the sender has restarted and waits for End-of-RIB.</summary>
    RestartState = 1 << 7,

    /// <summary>RFC 8538: graceful handling of NOTIFICATION.</summary>
    GracefulNotification = 1 << 8,

    GracefulIPv4 = 1 << 9,
    GracefulIPv6 = 1 << 10,
    ForwardingIPv4 = 1 << 11,
    ForwardingIPv6 = 1 << 12,

    /// <summary>RFC 7911: the sender can receive, respectively send, several paths of a prefix.</summary>
    AddPathReceiveIPv4 = 1 << 13,
    AddPathSendIPv4 = 1 << 14,
    AddPathReceiveIPv6 = 1 << 15,
    AddPathSendIPv6 = 1 << 16,

    /// <summary>RFC 8950: IPv4 routes with an IPv6 next hop.</summary>
    ExtendedNextHop = 1 << 17,

    /// <summary>RFC 9234: what the sender is to the receiver. Two of these in one OPEN contradict each other.</summary>
    RoleProvider = 1 << 18,
    RoleRouteServer = 1 << 19,
    RoleRouteServerClient = 1 << 20,
    RoleCustomer = 1 << 21,
    RolePeer = 1 << 22,

    /// <summary>RFC 9494: the sender knows long-lived stale routes.</summary>
    LongLived = 1 << 23,

    LongLivedIPv4 = 1 << 24,
    LongLivedIPv6 = 1 << 25,
    LongLivedForwardingIPv4 = 1 << 26,
    LongLivedForwardingIPv6 = 1 << 27,

    AllLongLived = LongLived | LongLivedIPv4 | LongLivedIPv6 | LongLivedForwardingIPv4 | LongLivedForwardingIPv6,

    Roles = RoleProvider | RoleRouteServer | RoleRouteServerClient | RoleCustomer | RolePeer,
}
