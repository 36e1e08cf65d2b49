namespace Netemu.Bgp.Bmp;

/// <summary>The types of a Statistics Report (RFC 7854 section 4.8) that this speaker has numbers for.</summary>
internal enum BmpStatistic : ushort
{
    /// <summary>Counter: prefixes that import policy rejected.</summary>
    RejectedByPolicy = 0,

    /// <summary>Counter: updates invalidated by a loop in CLUSTER_LIST.</summary>
    ClusterLoop = 3,

    /// <summary>Counter: by a loop in AS_PATH.</summary>
    AsPathLoop = 4,

    /// <summary>Counter: by ORIGINATOR_ID.</summary>
    OriginatorLoop = 5,

    /// <summary>Counter: by a loop in the confederation segments.</summary>
    ConfederationLoop = 6,

    /// <summary>Gauge: routes in the Adj-RIB-In.</summary>
    AdjRibIn = 7,

    /// <summary>Gauge with AFI and SAFI before it.</summary>
    AdjRibInOfFamily = 9,

    /// <summary>Counter: updates treated as withdrawals (RFC 7606).</summary>
    TreatedAsWithdraw = 11,
}
