namespace Netemu.Bgp.Policy;

/// <summary>How a route came to this speaker.</summary>
public enum PolicyRouteSource : byte
{
    /// <summary>It begins here.</summary>
    Local,
    Internal,
    External,
}
