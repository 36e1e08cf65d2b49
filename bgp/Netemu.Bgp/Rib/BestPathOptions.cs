namespace Netemu.Bgp.Rib;

/// <summary>The switches of the decision process.</summary>
public sealed record BestPathOptions
{
    public static BestPathOptions Default { get; } = new();

    /// <summary>Compare MEDs of different neighbouring ASes.</summary>
    public bool AlwaysCompareMed { get; init; }

    /// <summary>
    /// Compare MEDs within each neighbouring AS first, so that no order of arrival shows. False compares in pairs, the
    /// newest path first, as Cisco and FRR do without "bgp deterministic-med".
    /// </summary>
    public bool DeterministicMed { get; init; } = true;

    /// <summary>A path without MED is the worst of its neighbouring AS rather than the best.</summary>
    public bool MissingMedAsWorst { get; init; }

    /// <summary>Among external paths the one that is the best already stays, before identifiers are compared.</summary>
    public bool PreferOlder { get; init; }

    /// <summary>Leave out the comparison of AS path lengths.</summary>
    public bool IgnoreAsPathLength { get; init; }

    /// <summary>Members of a confederation make a path longer, which they do not in RFC 5065 ("bgp bestpath as-path confed").</summary>
    public bool CountConfederation { get; init; }

    /// <summary>
    /// Paths through different ASes may share traffic if their AS paths are of equal length; else external ones need one neighbouring
    /// AS, and internal ones one AS path.
    /// </summary>
    public bool MultipathRelax { get; init; }

    /// <summary>How many external paths share traffic: 1 to 64.</summary>
    public int MaximumPathsExternal { get; init; } = 1;

    /// <summary>How many internal paths share traffic: 1 to 64.</summary>
    public int MaximumPathsInternal { get; init; } = 1;
}
