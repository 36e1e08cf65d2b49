using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>What FRR's files say: interfaces, static routes, lists, route maps, and one "router bgp".</summary>
public sealed class FrrConfiguration
{
    private readonly FrrLists<PrefixListEntry> _ipv4PrefixLists = new();
    private readonly FrrLists<PrefixListEntry> _ipv6PrefixLists = new();
    private readonly FrrLists<PrefixListEntry> _ipv4AccessLists = new();
    private readonly FrrLists<PrefixListEntry> _ipv6AccessLists = new();

    /// <summary>"frr defaults datacenter".</summary>
    public bool IsDatacenter { get; internal set; }

    public string Hostname { get; internal set; } = "";

    public SortedDictionary<string, FrrInterface> Interfaces { get; } = new(StringComparer.Ordinal);

    public List<FrrStaticRoute> StaticRoutes { get; } = [];

    /// <summary>"ip router-id"; null where the file names none.</summary>
    public IPv4Address? RouterId { get; internal set; }

    /// <summary>The profiles under "bfd", by their names.</summary>
    internal Dictionary<string, BfdParameters> BfdProfiles { get; } = new(StringComparer.Ordinal);

    /// <summary>The peers under "bfd", which say for one neighbour what a profile says for many.</summary>
    internal Dictionary<string, BfdParameters> BfdPeers { get; } = new(StringComparer.Ordinal);

    /// <summary>Null where the file has no "router bgp".</summary>
    public FrrRouter? Router { get; set; }

    internal FrrLists<(bool Permit, PolicyMatch.AsPathRegex Expression)> AsPathLists { get; } = new();

    internal FrrLists<CommunityListEntry> CommunityLists { get; } = new();

    internal FrrLists<CommunityListEntry> LargeCommunityLists { get; } = new();

    internal FrrLists<CommunityListEntry> ExtendedCommunityLists { get; } = new();

    /// <summary>In the order of the file.</summary>
    internal List<FrrRouteMap> RouteMaps { get; } = [];

    /// <summary>Policies by name that did not come from a file: a router of a topology's own words.</summary>
    internal Dictionary<string, RoutePolicy> Policies { get; } = new(StringComparer.Ordinal);

    internal FrrOtherLines OtherLines { get; } = [];

    /// <summary>"ip prefix-list" or "ipv6 prefix-list": a name is a list of its family.</summary>
    internal FrrLists<PrefixListEntry> PrefixLists(AddressFamily family) => family == AddressFamily.IPv4 ? _ipv4PrefixLists : _ipv6PrefixLists;

    /// <summary>"access-list" or "ipv6 access-list".</summary>
    internal FrrLists<PrefixListEntry> AccessLists(AddressFamily family) => family == AddressFamily.IPv4 ? _ipv4AccessLists : _ipv6AccessLists;

    internal FrrRouteMap? FindRouteMap(string name) => RouteMaps.Find(map => map.Name == name);

    /// <summary>The networks that are announced only while there is a route for them ("bgp network import-check").</summary>
    public IEnumerable<InternetPrefix> CheckedNetworks => Router is { Base: null, ImportCheck: true } router
        ? router.Networks.Values.Where(network => !network.IsBackDoor).Select(network => network.Prefix)
        : [];

    /// <summary>Reads a whole file.</summary>
    /// <param name="text">frr.conf, or bgpd.conf.</param>
    /// <param name="problems">Lines that were not understood; they are left out.</param>
    public static FrrConfiguration Read(string text, out IReadOnlyList<FrrProblem> problems)
    {
        FrrConfiguration configuration = new();
        FrrReader reader = new(configuration);
        List<FrrProblem> found = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (reader.TryRead(line.TrimEnd('\r'), out int column, out string message))
            {
                continue;
            }

            found.Add(new FrrProblem(number, column, message));
        }

        problems = found;
        return configuration;
    }

    /// <summary>The model of a router whose configuration came from elsewhere, so that commands can change it.</summary>
    /// <param name="speaker">What it speaks.</param>
    /// <param name="redistributes">The sources that it announces besides: "connected", "static", "kernel".</param>
    public static FrrConfiguration Of(BgpSpeakerConfiguration speaker, IEnumerable<string>? redistributes = null)
    {
        FrrConfiguration configuration = new() { Hostname = speaker.Name, Router = FrrRouter.Of(speaker) };
        foreach (string source in redistributes ?? [])
        {
            configuration.Router.Redistributions.Add(new FrrRedistribution(source, AddressFamily.IPv4) { IsGiven = true });
            configuration.Router.Redistributions.Add(new FrrRedistribution(source, AddressFamily.IPv6) { IsGiven = true });
        }

        configuration.Follow(speaker);
        return configuration;
    }

    /// <summary>
    /// The configuration that came from elsewhere is another one now: what commands have said is laid over it.
    /// </summary>
    public void Follow(BgpSpeakerConfiguration speaker)
    {
        Router?.Follow(speaker);
        Policies.Clear();
        foreach (RoutePolicy? policy in speaker.Neighbors.SelectMany(neighbor => new[] { neighbor.Configuration.Import, neighbor.Configuration.Export }))
        {
            if (policy is { Name.Length: > 0 })
            {
                Policies[policy.Name] = policy;
            }
        }
    }
}
