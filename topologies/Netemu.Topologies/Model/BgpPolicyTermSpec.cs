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

    public uint? MatchMed { get; internal set; }

    public uint? MatchLocalPreference { get; internal set; }

    public uint? SetLocalPreference { get; internal set; }

    public uint? SetMed { get; internal set; }

    public int? SetWeight { get; internal set; }

    public IReadOnlyList<string> SetCommunities { get; internal set; } = [];

    public IReadOnlyList<string> AddCommunities { get; internal set; } = [];

    public IReadOnlyList<string> RemoveCommunities { get; internal set; } = [];

    public IReadOnlyList<uint> Prepend { get; internal set; } = [];

    public InternetAddress? SetNextHop { get; internal set; }

    public bool SetNextHopSelf { get; internal set; }

    public BgpPolicyAction Action { get; internal set; }
}
