namespace Netemu.Topologies.Model;

/// <summary>Switches of the decision process; null is the daemon's default.</summary>
public sealed class BgpBestPathSpec : Spec
{
    public bool? AlwaysCompareMed { get; internal set; }

    public bool? DeterministicMed { get; internal set; }

    public bool? PreferOlder { get; internal set; }

    public bool? MissingMedAsWorst { get; internal set; }

    /// <summary>Members of a confederation make a path longer.</summary>
    public bool? CountConfederation { get; internal set; }

    public bool? IgnoreAsPathLength { get; internal set; }

    public bool? MultipathRelax { get; internal set; }

    public bool? CompareRouterId { get; internal set; }
}
