namespace Netemu.Engine.Routing;

/// <summary>How far away a route's destination is (rtnetlink's RT_SCOPE_*).</summary>
public enum RouteScope : byte
{
    Universe = 0,
    Site = 200,
    Link = 253,
    Host = 254,
    Nowhere = 255,
}
