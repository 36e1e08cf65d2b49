namespace Netemu.Topologies.Model;

/// <summary>The scope of a route, by the words and numbers of rtnetlink (RT_SCOPE_*).</summary>
public enum RouteScope : byte
{
    Global = 0,
    Site = 200,
    Link = 253,
    Host = 254,
    Nowhere = 255,
}
