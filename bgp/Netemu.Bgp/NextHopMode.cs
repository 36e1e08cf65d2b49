namespace Netemu.Bgp;

/// <summary>The next hop that is announced.</summary>
public enum NextHopMode : byte
{
    /// <summary>Our own to external neighbours, the route's to internal ones (RFC 4271 section 5.1.3).</summary>
    Automatic,

    /// <summary>Our own.</summary>
    Self,

    /// <summary>Our own, but the route's where it came from an internal neighbour ("next-hop-self" without "force").</summary>
    SelfUnlessReflected,

    /// <summary>The route's, to external neighbours as well.</summary>
    Unchanged,
}
