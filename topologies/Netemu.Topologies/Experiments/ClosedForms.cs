namespace Netemu.Topologies.Experiments;

/// <summary>
/// What arithmetic says of N nodes with P prefixes each in a full mesh (R = 0), or as clients of R reflectors that are
/// meshed among themselves and share a CLUSTER_ID, so that each drops what the others reflect to it (RFC 4456 section 8).
/// </summary>
internal sealed record ClosedForms(int Nodes, int Reflectors, int Prefixes)
{
    private long N => Nodes;

    private long R => Reflectors;

    private long P => Prefixes;

    public long Sessions => R == 0 ? N * (N - 1) / 2 : (N * R) + (R * (R - 1) / 2);

    public long ColdStart => R == 0 ? N * (N - 1) * P : R * N * (N + R - 1) * P;

    public long NewPrefix => R == 0 ? N - 1 : R * (N + R - 1);

    /// <summary>In a mesh every peer sees its own session go: nobody says a word.</summary>
    public long LossWithdrawals => R == 0 ? 0 : ((R * (N - 1)) + (R * (R - 1))) * P;

    public long Return => R == 0 ? 2 * (N - 1) * P : (R * (N - 1) * P) + (R * P) + (R * (N + R - 2) * P);

    public long ReflectorLossSessions => N + R - 1;

    /// <summary>The only reflector takes everything with it.</summary>
    public long ReflectorLossRoutes => R == 1 ? N * (N - 1) * P : 0;

    public long RibInClient => R == 0 ? (N - 1) * P : R * (N - 1) * P;

    public long LocRib => N * P;
}
