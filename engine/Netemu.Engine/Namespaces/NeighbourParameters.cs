namespace Netemu.Engine.Namespaces;

/// <summary>net.ipv4.neigh.X or net.ipv6.neigh.X of one device, or of "default" (struct neigh_parms); units are the kernel's.</summary>
public readonly record struct NeighbourParameters()
{
    /// <summary>Milliseconds; REACHABLE lasts for half to three halves of it.</summary>
    public int BaseReachableTime { get; init; } = 30_000;

    /// <summary>Milliseconds between two solicitations.</summary>
    public int RetransmitTime { get; init; } = 1_000;

    /// <summary>Seconds that DELAY lasts.</summary>
    public int DelayFirstProbeTime { get; init; } = 5;

    /// <summary>Solicitations to all before a neighbour fails.</summary>
    public int MulticastSolicit { get; init; } = 3;

    /// <summary>Solicitations to the known MAC before it is given up.</summary>
    public int UnicastSolicit { get; init; } = 3;

    /// <summary>How long ARP keeps a new MAC against another one, in units of 10 ms (USER_HZ).</summary>
    public int LockTime { get; init; } = 100;
}
