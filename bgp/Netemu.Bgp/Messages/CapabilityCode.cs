namespace Netemu.Bgp.Messages;

/// <summary>Capability codes (IANA registry of RFC 5492).</summary>
internal enum CapabilityCode : byte
{
    Multiprotocol = 1,
    RouteRefresh = 2,
    ExtendedNextHop = 5,
    ExtendedMessage = 6,
    Role = 9,
    GracefulRestart = 64,
    FourOctetAs = 65,
    AddPath = 69,
    EnhancedRouteRefresh = 70,
    LongLivedGracefulRestart = 71,

    /// <summary>Route refresh before RFC 2918; still sent by some.</summary>
    RouteRefreshCisco = 128,
}
