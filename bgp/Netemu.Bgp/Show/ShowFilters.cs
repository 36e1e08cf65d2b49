using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>The lists and maps of a neighbour in a family, and its peer group, by the names that the configuration has for them.</summary>
internal sealed class ShowFilters
{
    private static readonly ImmutableArray<(string Key, string Words, string Json)> _lines =
    [
        ("prefix-list in", "Incoming update prefix filter list is", "incomingUpdatePrefixFilterList"),
        ("prefix-list out", "Outgoing update prefix filter list is", "outgoingUpdatePrefixFilterList"),
        ("distribute-list in", "Incoming update network filter list is", "incomingUpdateNetworkFilterList"),
        ("distribute-list out", "Outgoing update network filter list is", "outgoingUpdateNetworkFilterList"),
        ("filter-list in", "Incoming update AS path filter list is", "incomingUpdateAsPathFilterList"),
        ("filter-list out", "Outgoing update AS path filter list is", "outgoingUpdateAsPathFilterList"),
        ("route-map in", "Route map for incoming advertisements is", "routeMapForIncomingAdvertisements"),
        ("route-map out", "Route map for outgoing advertisements is", "routeMapForOutgoingAdvertisements"),
        ("unsuppress-map", "Route map for selective unsuppress is", "selectiveUnsuppressRouteMap"),
    ];

    private readonly FrrConfiguration? _model;
    private readonly FrrPeer? _peer;
    private readonly FrrPeer? _group;

    /// <param name="model">The configuration in FRR's words; null where there is none, and so no names.</param>
    /// <param name="session">The neighbour.</param>
    public ShowFilters(FrrConfiguration? model, BgpSession session)
    {
        _model = model;
        _peer = model?.Router?.FindPeer(session.Name);
        _group = model?.Router is not { } router ? null
            : _peer?.Group is { } name ? router.FindPeer(name)
            : session.IsDynamic && router.ListenRanges.Find(range => range.Prefix.Contains(session.Address)) is { Group: { } group } ? router.FindPeer(group)
            : null;
    }

    /// <summary>The neighbour's peer group; null for none.</summary>
    public string? Group => _group?.Name;

    /// <summary>A line of the session that the neighbour, or its group, has; null if neither does.</summary>
    public FrrPeer.Setting? OfSession(string key) => _peer?.General.GetValueOrDefault(key) ?? _group?.General.GetValueOrDefault(key);

    /// <summary>The same for a line of a family that is not taken back.</summary>
    public FrrPeer.Setting? OfFamily(AddressFamily family, string key) =>
        (_peer?.SettingsOf(family).GetValueOrDefault(key) ?? _group?.SettingsOf(family).GetValueOrDefault(key)) is { IsNegated: false } setting ? setting : null;

    /// <summary>
    /// Whether what it sends is kept as it came: by FRR's words where a line says so, and by a router of other words always.
    /// </summary>
    public bool KeepsReceived(AddressFamily family) => (_peer ?? _group) is not { Base: null } || OfFamily(family, "soft-reconfiguration") is not null;

    /// <summary>A map's name, with a mark before it if it is there.</summary>
    public string Marked(string map) => $"{(_model?.FindRouteMap(map) is null ? "" : "*")}{map}";

    public void Append(StringBuilder text, BgpSpeaker speaker, BgpSession session, AddressFamily family)
    {
        foreach ((string key, string words, string _) in _lines)
        {
            if (NameOf(family, key) is { } name)
            {
                text.Append($"  {words} {(Exists(family, key, name) ? "*" : "")}{name}\n");
            }
        }

        if (OfFamily(family, AdvertiseMap) is { Name: { } routes, Condition: (string when, bool isPresent) })
        {
            text.Append($"  Condition {(isPresent ? Exist : NonExist)}, Condition-map {Marked(when)}, Advertise-map {Marked(routes)}, status: {StatusOf(speaker, session, family)}\n");
        }
    }

    public void Write(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, AddressFamily family)
    {
        foreach ((string key, string _, string word) in _lines)
        {
            if (NameOf(family, key) is { } name)
            {
                json.WriteString(word, name);
            }
        }

        if (OfFamily(family, AdvertiseMap) is { Name: { } routes, Condition: (string when, bool isPresent) })
        {
            json.WriteStartObject("advertiseMap");
            json.WriteString("condition", isPresent ? Exist : NonExist);
            json.WriteString("conditionMap", when);
            json.WriteString("advertiseMap", routes);
            json.WriteString("advertiseStatus", StatusOf(speaker, session, family));
            json.WriteEndObject();
        }
    }

    private const string AdvertiseMap = "advertise-map";

    private const string Exist = "EXIST";

    private const string NonExist = "NON_EXIST";

    private static string StatusOf(BgpSpeaker speaker, BgpSession session, AddressFamily family) =>
        speaker.IsToldConditionally(session, family) ? "Advertise" : "Withdraw";

    /// <summary>The name in a line of a family, as "route-map out"; null where there is no such line.</summary>
    public string? NameOf(AddressFamily family, string key) => OfFamily(family, key) switch
    {
        null => null,
        { Name: { } name } => name,

        // A router of other words has lines that name nothing: "route-map NAME in".
        { } line => line.Words.Split(' ')[1],
    };

    private bool Exists(AddressFamily family, string key, string name) => key.Split(' ')[0] switch
    {
        "prefix-list" => _model!.PrefixLists(family).Find(name) is not null,
        "distribute-list" => _model!.AccessLists(family).Find(name) is not null,
        "filter-list" => _model!.AsPathLists.Find(name) is not null,
        _ => _model!.FindRouteMap(name) is not null || _model.Router?.Base is not null,
    };
}
