namespace Netemu.Bgp.Rib;

/// <summary>Why a path in the Adj-RIB-In does not take part in the decision process.</summary>
public enum PathRejection : byte
{
    None,

    /// <summary>AS_PATH contains the local AS (RFC 4271 section 9.1.2).</summary>
    AsLoop,

    /// <summary>ORIGINATOR_ID is the local identifier (RFC 4456 section 8).</summary>
    OriginatorLoop,

    /// <summary>CLUSTER_LIST contains the local cluster (RFC 4456 section 8).</summary>
    ClusterLoop,

    /// <summary>The import policy rejected it.</summary>
    Policy,

    /// <summary>The next hop can't be resolved (RFC 4271 section 9.1.2.1).</summary>
    NextHopUnreachable,

    /// <summary>The next hop is one of our own addresses or no host address (RFC 4271 section 6.3).</summary>
    NextHopInvalid,

    /// <summary>The leftmost AS is not the peer's (RFC 4271 section 6.3).</summary>
    FirstAsMismatch,

    /// <summary>An external neighbour without an import policy, where one is required (RFC 8212).</summary>
    NoPolicy,

    /// <summary>It has come and gone too often (RFC 2439).</summary>
    Damped,

    /// <summary>The OTC attribute says that it has come a way that it must not (RFC 9234 section 5).</summary>
    RouteLeak,

    /// <summary>The local member AS stands in a confederation segment of AS_PATH (RFC 5065 section 4).</summary>
    ConfederationLoop,
}
