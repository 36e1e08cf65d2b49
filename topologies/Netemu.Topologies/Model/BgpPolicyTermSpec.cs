using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>Conditions that must all hold, changes, and the action. Null conditions always hold.</summary>
public sealed class BgpPolicyTermSpec : Spec
{
    public IReadOnlyList<BgpPrefixMatch> Prefixes { get; internal set; } = [];

    /// <summary>A regular expression over the AS path, in the form daemons use (<c>_65001_</c>).</summary>
    public string? AsPath { get; internal set; }

    public IReadOnlyList<string> Communities { get; internal set; } = [];

    /// <summary>A large community or a plain one, any of which must be there.</summary>
    public IReadOnlyList<string> AnyCommunities { get; internal set; } = [];

    /// <summary>Prefixes that next hops lie in.</summary>
    public IReadOnlyList<InternetPrefix> NextHops { get; internal set; } = [];

    public BgpRouteSource? Source { get; internal set; }

    public InternetAddress? MatchPeer { get; internal set; }

    public BgpOrigin? MatchOrigin { get; internal set; }

    /// <summary>How many AS numbers the path has at most.</summary>
    public int? MaximumAsPathLength { get; internal set; }

    public uint? MatchMed { get; internal set; }

    public uint? MatchLocalPreference { get; internal set; }

    public uint? SetLocalPreference { get; internal set; }

    public uint? SetMed { get; internal set; }

    public int? SetWeight { get; internal set; }

    public IReadOnlyList<string> SetCommunities { get; internal set; } = [];

    public IReadOnlyList<string> AddCommunities { get; internal set; } = [];

    public IReadOnlyList<string> RemoveCommunities { get; internal set; } = [];

    public IReadOnlyList<uint> Prepend { get; internal set; } = [];

    public long? AddMed { get; internal set; }

    public long? AddLocalPreference { get; internal set; }

    public BgpOrigin? SetOrigin { get; internal set; }

    /// <summary>AS numbers that are taken out of the path.</summary>
    public IReadOnlyList<uint> ExcludeAs { get; internal set; } = [];

    public InternetAddress? SetNextHop { get; internal set; }

    public bool SetNextHopSelf { get; internal set; }

    public BgpPolicyAction Action { get; internal set; }
}
