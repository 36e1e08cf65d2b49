using System;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// What arithmetic says of N nodes with P prefixes each in a full mesh (R = 0), or as clients of R reflectors that are
/// meshed among themselves and share a CLUSTER_ID, so that each drops what the others reflect to it (RFC 4456 section 8).
/// </summary>
/// <remarks>
/// In a hierarchy each rack is such a cluster with R reflectors of its own, and all reflectors are meshed: T of them. A
/// cluster's reflectors send equal attributes to another cluster's, so that a second copy changes nothing that clients
/// hear. With one cluster T is R, and every form is that of the flat plan.
/// </remarks>
internal sealed record ClosedForms(int Nodes, int Reflectors, int Prefixes, bool IsHierarchy = false)
{
    /// <summary>Nodes of a cluster in a hierarchy: a rack. The last one may have fewer.</summary>
    public const int ClusterNodes = Labs.Racks.NodesPerRack;

    public int Clusters => Reflectors > 0 && IsHierarchy ? (Nodes + ClusterNodes - 1) / ClusterNodes : 1;

    public int AllReflectors => Reflectors * Clusters;

    private long N => Nodes;

    private long R => Reflectors;

    private long T => AllReflectors;

    private long P => Prefixes;

    /// <summary>Nodes of the first cluster, whose reflector is lost.</summary>
    private long M => Clusters == 1 ? N : Math.Min(N, ClusterNodes);

    public long Sessions => R == 0 ? N * (N - 1) / 2 : (N * R) + (T * (T - 1) / 2);

    public long ColdStart => R == 0 ? N * (N - 1) * P : R * N * (N + T - 1) * P;

    public long NewPrefix => R == 0 ? N - 1 : R * (N + T - 1);

    /// <summary>In a mesh every peer sees its own session go: nobody says a word.</summary>
    public long LossWithdrawals => R == 0 ? 0 : ((R * (N - 1)) + (R * (T - 1))) * P;

    public long Return => R == 0 ? 2 * (N - 1) * P : (R * (N - 1) * P) + (R * P) + (R * (N + T - 2) * P);

    public long ReflectorLossSessions => M + T - 1;

    /// <summary>The only reflector of a cluster takes with it what its clients had from others, and others from them.</summary>
    public long ReflectorLossRoutes => R == 1 ? ((M * (N - 1)) + ((N - M) * M)) * P : 0;

    public long RibInClient => R == 0 ? (N - 1) * P : R * (N - 1) * P;

    public long LocRib => N * P;
}
