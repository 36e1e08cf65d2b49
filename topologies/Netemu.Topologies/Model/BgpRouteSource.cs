namespace Netemu.Topologies.Model;

/// <summary>How a speaker came by a route.</summary>
public enum BgpRouteSource : byte
{
    Local,
    Internal,
    External,
}
