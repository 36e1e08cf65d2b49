using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"router bgp AS": the speaker's own settings, its neighbours in order, and what it announces.</summary>
public sealed class FrrRouter(uint asNumber)
{
    private readonly Dictionary<string, FrrPeer> _byName = new(StringComparer.Ordinal);

    /// <summary>Neighbours that came from elsewhere and that a command has taken out: they do not come again.</summary>
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);

    public uint As { get; } = asNumber;

    /// <summary>The configuration as it was before any command; null for a router that comes from a file.</summary>
    internal BgpSpeakerConfiguration? Base { get; set; }

    internal IPv4Address? RouterId { get; set; }

    internal uint ConfederationId { get; set; }

    internal SortedSet<uint> ConfederationPeers { get; } = [];

    internal IPv4Address? ClusterId { get; set; }

    internal bool? ClientToClient { get; set; }

    internal bool DefaultIPv4Unicast { get; set; } = true;

    internal bool DefaultIPv6Unicast { get; set; }

    /// <summary>"bgp default shutdown": neighbours are made shut down from here on.</summary>
    internal bool DefaultShutdown { get; set; }

    /// <summary>"bgp shutdown": every neighbour is.</summary>
    internal bool IsShutdown { get; set; }

    internal string ShutdownMessage { get; set; } = "";

    /// <summary>"bgp route-reflector allow-outbound-policy".</summary>
    internal bool ReflectsWithPolicy { get; set; }

    internal bool DisableConnectedCheck { get; set; }

    /// <summary>"bgp graceful-restart preserve-fw-state": the F bit of RFC 4724.</summary>
    internal bool PreservesForwarding { get; set; }

    internal uint? DefaultLocalPref { get; set; }

    internal bool? AlwaysCompareMed { get; set; }

    internal bool? DeterministicMed { get; set; }

    internal bool? CompareRouterId { get; set; }

    internal bool? MultipathRelax { get; set; }

    internal bool? CountConfederation { get; set; }

    internal bool? IgnoreAsPath { get; set; }

    internal bool? MissingAsWorst { get; set; }

    internal bool EbgpRequiresPolicy { get; set; } = true;

    /// <summary>What "ebgp-requires-policy" comes to: neighbours that came from elsewhere say it each for itself.</summary>
    internal bool ShowsPolicyRequired => Base is null ? EbgpRequiresPolicy : Base.Neighbors.All(neighbor => neighbor.Configuration.RequiresPolicy);

    internal bool ImportCheck { get; set; } = true;

    internal bool EnforceFirstAs { get; set; }

    internal bool GracefulRestart { get; set; }

    internal bool GracefulRestartDisabled { get; set; }

    internal bool GracefulNotification { get; set; } = true;

    internal ushort RestartTime { get; set; } = 120;

    internal uint StalePathTime { get; set; } = 360;

    /// <summary>"bgp long-lived-graceful-restart stale-time", in seconds (RFC 9494).</summary>
    internal uint? LongLivedStaleTime { get; set; }

    internal uint SelectDeferTime { get; set; } = 360;

    /// <summary>BGP_MAXMED_VALUE_DEFAULT.</summary>
    internal const uint DefaultMaximumMed = 4_294_967_294;

    /// <summary>"bgp max-med administrative [N]".</summary>
    internal uint? MaximumMed { get; set; }

    /// <summary>"bgp max-med on-startup SECONDS [N]".</summary>
    internal (uint Seconds, uint Med)? StartupMed { get; set; }

    /// <summary>"bgp conditional-advertisement timer SECONDS".</summary>
    internal uint? ConditionTimer { get; set; }

    /// <summary>"table-map NAME", of each family that says it.</summary>
    internal Dictionary<AddressFamily, string> TableMaps { get; } = [];

    internal bool? GracefulShutdown { get; set; }

    internal FlapDamping? Damping { get; set; }

    internal (ushort Keepalive, ushort Hold)? Timers { get; set; }

    /// <summary>"bgp minimum-holdtime SECONDS"; 0 for none.</summary>
    internal ushort MinimumHoldTime { get; set; }

    internal int? MaximumPaths { get; set; }

    internal int? MaximumPathsIbgp { get; set; }

    /// <summary>"maximum-paths ibgp N equal-cluster-length", which nothing follows here.</summary>
    internal bool EqualClusterLength { get; set; }

    internal FrrOtherLines OtherLines { get; } = [];

    internal int ListenLimit { get; set; }

    /// <summary>BGP_DYNAMIC_NEIGHBORS_LIMIT_DEFAULT.</summary>
    internal const int DefaultListenLimit = 100;

    internal List<(InternetPrefix Prefix, string Group)> ListenRanges { get; } = [];

    /// <summary>"distance bgp EXTERNAL INTERNAL LOCAL", of each family that says it.</summary>
    internal Dictionary<AddressFamily, (byte External, byte Internal, byte Local)> Distances { get; } = [];

    internal SortedDictionary<InternetPrefix, FrrSourceDistance> SourceDistances { get; } = [];

    internal SortedDictionary<InternetPrefix, FrrNetwork> Networks { get; } = [];

    internal SortedDictionary<InternetPrefix, FrrAggregate> Aggregates { get; } = [];

    internal List<FrrBmpTargets> BmpTargets { get; } = [];

    internal List<FrrRedistribution> Redistributions { get; } = [];

    /// <summary>Neighbours and peer groups in the order of the file.</summary>
    internal List<FrrPeer> Peers { get; } = [];

    /// <summary>The model of a router whose configuration came from elsewhere: what differs from FRR's defaults is said.</summary>
    internal static FrrRouter Of(BgpSpeakerConfiguration speaker)
    {
        FrrRouter router = new(speaker.As)
        {
            RouterId = speaker.RouterId,
            ClusterId = speaker.ClusterId.IsUnspecified || speaker.ClusterId == speaker.RouterId ? null : speaker.ClusterId,
            ConfederationId = speaker.ConfederationId,
            ClientToClient = speaker.ClientToClientReflection,
            DefaultLocalPref = speaker.DefaultLocalPref,
            AlwaysCompareMed = speaker.BestPath.AlwaysCompareMed,
            DeterministicMed = speaker.BestPath.DeterministicMed,
            MissingAsWorst = speaker.BestPath.MissingMedAsWorst,
            CompareRouterId = !speaker.BestPath.PreferOlder,
            CountConfederation = speaker.BestPath.CountConfederation,
            IgnoreAsPath = speaker.BestPath.IgnoreAsPathLength,
            MultipathRelax = speaker.BestPath.MultipathRelax,
            MaximumPaths = speaker.BestPath.MaximumPathsExternal,
            MaximumPathsIbgp = speaker.BestPath.MaximumPathsInternal,
            GracefulShutdown = speaker.GracefulShutdown,
            Damping = speaker.Damping,
            Timers = (speaker.Timers.KeepaliveTime, speaker.Timers.HoldTime),
        };
        router.ConfederationPeers.UnionWith(speaker.ConfederationPeers);
        return router;
    }

    /// <summary>Puts what came from elsewhere, as it is now, under what commands have said.</summary>
    internal void Follow(BgpSpeakerConfiguration speaker)
    {
        ClusterId = ClusterId is null || ClusterId == Base?.ClusterId ? Of(speaker).ClusterId : ClusterId;
        Follow(Networks, Base?.Networks ?? [], speaker.Networks, network => network.Prefix, network => network.Given is not null, network => new FrrNetwork(network.Prefix) { Given = network });
        Follow(Aggregates, Base?.Aggregates ?? [], speaker.Aggregates, aggregate => aggregate.Prefix, aggregate => aggregate.Given is not null, aggregate => new FrrAggregate(aggregate.Prefix) { Given = aggregate });
        Base = speaker;
        Dictionary<string, BgpNeighborConfiguration> neighbors = new(StringComparer.Ordinal);
        foreach (BgpNeighbor neighbor in speaker.Neighbors)
        {
            neighbors[neighbor.Address.ToString()] = neighbor.Configuration;
        }

        foreach (UnnumberedNeighbor neighbor in speaker.Unnumbered)
        {
            neighbors[neighbor.Interface] = neighbor.Configuration;
        }

        foreach (FrrPeer gone in Peers.FindAll(peer => peer.Base is not null && !neighbors.ContainsKey(peer.Name)))
        {
            _byName.Remove(gone.Name);
            Peers.Remove(gone);
        }

        foreach ((string name, BgpNeighborConfiguration neighbor) in neighbors)
        {
            if (!_removed.Contains(name) && (FindPeer(name) is not { } known || known.Base is not null))
            {
                FrrPeer peer = FindPeer(name) ?? Made(name);
                peer.IsInterface = !InternetAddress.TryParse(name, out _);
                FrrTranslation.Fill(peer, neighbor, speaker);
            }
        }
    }

    /// <summary>What a command has put in the place of something that was given, or taken out of it, stays so.</summary>
    private static void Follow<TGiven, TLine>(
        SortedDictionary<InternetPrefix, TLine> lines,
        IReadOnlyList<TGiven> before,
        IReadOnlyList<TGiven> now,
        Func<TGiven, InternetPrefix> prefixOf,
        Predicate<TLine> isGiven,
        Func<TGiven, TLine> make)
    {
        HashSet<InternetPrefix> known = [.. before.Select(prefixOf)];
        HashSet<InternetPrefix> changed = [.. known.Where(prefix => !lines.TryGetValue(prefix, out TLine? line) || !isGiven(line))];
        foreach (InternetPrefix prefix in known.Except(changed))
        {
            lines.Remove(prefix);
        }

        foreach (TGiven given in now.Where(given => !changed.Contains(prefixOf(given))))
        {
            lines.TryAdd(prefixOf(given), make(given));
        }
    }

    private FrrPeer Made(string name)
    {
        FrrPeer peer = new(name);
        _byName.Add(name, peer);
        Peers.Add(peer);
        return peer;
    }

    internal FrrPeer? FindPeer(string name) => _byName.GetValueOrDefault(name);

    internal FrrPeer PeerOf(string name, bool isGroup = false)
    {
        if (!_byName.TryGetValue(name, out FrrPeer? peer))
        {
            peer = Made(name);
            if (DefaultShutdown && !isGroup)
            {
                peer.General["shutdown"] = FrrPeer.Setting.Of(name, "shutdown", static (c, _) => c with { Shutdown = true });
            }
        }

        return peer;
    }

    internal bool RemovePeer(string name)
    {
        if (!_byName.Remove(name, out FrrPeer? peer))
        {
            return false;
        }

        Peers.Remove(peer);
        if (peer.Base is not null)
        {
            _removed.Add(name);
        }

        if (peer.IsGroup)
        {
            foreach (FrrPeer member in Peers)
            {
                member.Group = member.Group == name ? null : member.Group;
            }
        }

        return true;
    }
}
