namespace Netemu.Bgp.Rib;

/// <summary>
/// The step of the decision process that left one path, in order (RFC 4271 section 9.1, with what RFC 4456 section 9
/// and
/// every daemon add). Of a path that lost, the step that took it out.
/// </summary>
public enum BestPathReason : byte
{
    /// <summary>Not decided.</summary>
    None,

    /// <summary>No other path was eligible.</summary>
    OnlyPath,

    /// <summary>Any route before one that is kept for long without its neighbour (RFC 9494 section 4.3).</summary>
    LongLivedStale,

    /// <summary>The higher weight that this router itself gave; before everything else, as in FRR.</summary>
    Weight,

    /// <summary>The higher LOCAL_PREF (section 9.1.1).</summary>
    LocalPreference,

    /// <summary>Routes that begin here before routes that were received.</summary>
    LocallyOriginated,

    /// <summary>The shorter AS_PATH (section 9.1.2.2 (a)).</summary>
    AsPathLength,

    /// <summary>The lower ORIGIN (b).</summary>
    Origin,

    /// <summary>The lower MULTI_EXIT_DISC of one neighbouring AS (c).</summary>
    MultiExitDisc,

    /// <summary>External before internal (d).</summary>
    ExternalOverInternal,

    /// <summary>The lower interior cost of the next hop (e).</summary>
    IgpMetric,

    /// <summary>The older of two external paths, where that is configured.</summary>
    OlderPath,

    /// <summary>
    /// The lower BGP Identifier, or ORIGINATOR_ID if the route was reflected (f; RFC 4456 section 9).
    /// </summary>
    RouterId,

    /// <summary>The shorter CLUSTER_LIST (RFC 4456 section 9).</summary>
    ClusterListLength,

    /// <summary>The lower peer address (g).</summary>
    PeerAddress,

    /// <summary>The lower path identifier, among paths of one peer (RFC 7911).</summary>
    PathId,
}
