namespace Netemu.Bgp.Messages;

/// <summary>What a ROUTE-REFRESH means (RFC 7313 section 3.2).</summary>
public enum RouteRefreshSubtype : byte
{
    Request = 0,
    BeginOfRefresh = 1,
    EndOfRefresh = 2,
}
