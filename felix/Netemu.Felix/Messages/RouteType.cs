namespace Netemu.Felix.Messages;

/// <summary>What lies behind a prefix.</summary>
public enum RouteType : byte
{
    /// <summary>A pool: no route of its own, but what is inside counts as inside.</summary>
    Pool,

    /// <summary>A block of this node: unused addresses end in a blackhole.</summary>
    LocalBlock,

    /// <summary>A block of another node.</summary>
    RemoteBlock,

    /// <summary>A workload of this node.</summary>
    LocalWorkload,

    /// <summary>An address that another node uses outside its own blocks.</summary>
    RemoteWorkload,
}
