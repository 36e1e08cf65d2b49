using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>A prefix of the cluster and where it is. The pool's settings are part of it.</summary>
public sealed record RouteUpdate(InternetPrefix Destination, RouteType Type) : DataplaneMessage
{
    /// <summary>The node behind it; empty for a pool.</summary>
    public string Node { get; init; } = string.Empty;

    /// <summary>That node's address; null if it is unknown: there can be no route yet.</summary>
    public InternetAddress? NodeAddress { get; init; }

    /// <summary>The node is in this node's subnet: CrossSubnet does not encapsulate.</summary>
    public bool IsSameSubnet { get; init; }

    /// <summary>How this prefix is reached from here, CrossSubnet already decided.</summary>
    public TunnelType Tunnel { get; init; }

    /// <summary>The pool's kind of tunnel, whether or not this prefix is in the same subnet.</summary>
    public TunnelType PoolTunnel { get; init; }

    public bool NatOutgoing { get; init; }

    /// <summary>The address lies in a block of a third node, whose blackhole covers it.</summary>
    public bool IsBorrowed { get; init; }
}
