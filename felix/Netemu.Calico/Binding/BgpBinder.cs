using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads BGPConfiguration and BGPPeer.</summary>
internal static class BgpBinder
{
    public static Resource ReadConfiguration(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        BgpConfiguration defaults = new(metadata);
        BgpConfiguration configuration = defaults with
        {
            AsNumber = ReadAsNumber(spec, "asNumber"),
            NodeToNodeMeshEnabled = spec.Flag("nodeToNodeMeshEnabled"),
            ListenPort = spec.Port("listenPort"),
            ServiceClusterIPs = ReadCidrs(spec, "serviceClusterIPs"),
            ServiceExternalIPs = ReadCidrs(spec, "serviceExternalIPs"),
            ServiceLoadBalancerIPs = ReadCidrs(spec, "serviceLoadBalancerIPs"),
            ServiceLoadBalancerAggregation = spec.Choice("serviceLoadBalancerAggregation", ("Enabled", true), ("Disabled", false)),
            Communities =
            [
                .. spec.Objects("communities").Select(entry =>
                {
                    NamedCommunity community = new(entry.Required("name"), CommunityText.Read(entry, "value"));
                    entry.Finish();
                    return community;
                }),
            ],
            PrefixAdvertisements =
            [
                .. spec.Objects("prefixAdvertisements").Select(entry =>
                {
                    entry.Required("cidr");
                    PrefixAdvertisement advertisement = new(entry.Prefix("cidr") ?? default, entry.Texts("communities"));
                    entry.Finish();
                    return advertisement;
                }),
            ],
            NodeMeshPassword = ReadPassword(spec, "nodeMeshPassword"),
            NodeMeshMaxRestartTime = spec.Span("nodeMeshMaxRestartTime") ?? defaults.NodeMeshMaxRestartTime,
            IgnoredInterfaces = spec.Texts("ignoredInterfaces"),
            BindsNodeIP = spec.Choice("bindMode", ("None", false), ("NodeIP", true)),
            LogsDebug = spec.Choice(
                "logSeverityScreen", ("Info", false), ("Debug", true), ("Warning", false), ("Error", false), ("Fatal", false)),
            ProgramClusterRoutes = spec.Choice<BirdRouteProgramming?>(
                "programClusterRoutes",
                (string.Empty, null),
                ("Disabled", BirdRouteProgramming.Disabled),
                ("Enabled", BirdRouteProgramming.Enabled),
                ("EnabledIPIPOnly", BirdRouteProgramming.EnabledIpipOnly),
                ("EnabledNoEncapOnly", BirdRouteProgramming.EnabledNoEncapOnly)),
        };
        foreach (string community in configuration.PrefixAdvertisements.SelectMany(advertisement => advertisement.Communities))
        {
            if (!CommunityText.IsValid(community) && configuration.Communities.All(named => named.Name != community))
            {
                spec.Error("prefixAdvertisements", $"'{community}' is neither the name of a community of 'communities' nor {CommunityText.Description}");
            }
        }

        foreach (string priority in new[] { "ipv4NormalRoutePriority", "ipv4ElevatedRoutePriority", "ipv6NormalRoutePriority", "ipv6ElevatedRoutePriority" })
        {
            spec.HasNoEffect(priority, "routes have metric 0");
        }

        spec.HasNoEffect("localWorkloadPeeringIPV4", "there is no peering with local workloads");
        spec.HasNoEffect("localWorkloadPeeringIPV6", "there is no peering with local workloads");
        spec.HasNoEffect("ignoredInterfaces", "it stands in BIRD's configuration, and the speaker learns nothing from devices");
        spec.HasNoEffect("bindMode", "it stands in BIRD's configuration, and the speaker listens on every address");
        spec.Finish();
        CheckName(spec, metadata.Name);
        return configuration;
    }

    /// <summary>What only the cluster's configuration may have (libcalico-go/lib/clientv3/bgpconfig.go), or is read of.</summary>
    private static void CheckName(FieldReader spec, string name)
    {
        if (name == "default")
        {
            return;
        }

        foreach (string field in new[] { "nodeToNodeMeshEnabled", "asNumber" })
        {
            if (spec.Has(field))
            {
                spec.Error(field, "stands in the BGPConfiguration 'default' only", ResourceCode.Conflict);
            }
        }

        foreach (string field in new[]
        {
            "serviceClusterIPs", "serviceExternalIPs", "serviceLoadBalancerIPs", "serviceLoadBalancerAggregation",
            "nodeMeshPassword", "nodeMeshMaxRestartTime", "programClusterRoutes",
        })
        {
            spec.HasNoEffect(field, "it is read of the BGPConfiguration 'default' only");
        }
    }

    public static Resource ReadPeer(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        (InternetAddress? address, ushort port) = ReadPeerIP(spec);
        BgpPeer defaults = new(metadata);
        BgpPeer peer = defaults with
        {
            Node = spec.Text("node") is { Length: > 0 } node ? node : null,
            NodeSelector = spec.Selector("nodeSelector"),
            PeerIP = address,
            PeerPort = port,
            AsNumber = ReadAsNumber(spec, "asNumber"),
            LocalAsNumber = ReadAsNumber(spec, "localASNumber"),
            PeerSelector = spec.Selector("peerSelector"),
            NextHopMode = spec.Choice("nextHopMode", ("Auto", NextHopMode.Auto), ("Self", NextHopMode.Self), ("Keep", NextHopMode.Keep)),
            UsesNodeIP = spec.Choice("sourceAddress", ("UseNodeIP", true), ("None", false)),
            Password = ReadPassword(spec, "password"),
            MaxRestartTime = spec.Span("maxRestartTime") ?? defaults.MaxRestartTime,
            KeepaliveTime = spec.Span("keepaliveTime"),
            AllowedLocalAsNumbers = (int?)spec.Integer("numAllowedLocalASNumbers", 0, 255),
            TtlSecurity = (int?)spec.Integer("ttlSecurity", 1, 255),
            ReachableBy = spec.Address("reachableBy"),
            Filters = spec.Texts("filters"),
            ReversePeering = spec.Choice("reversePeering", ("Auto", true), ("Manual", false)),
        };
        if (spec.Flag("keepOriginalNextHop", false) && spec.Has("nextHopMode"))
        {
            spec.Error("keepOriginalNextHop", "excludes nextHopMode, which takes its place", ResourceCode.Conflict);
        }
        else if (spec.Flag("keepOriginalNextHop", false))
        {
            peer = peer with { NextHopMode = NextHopMode.Keep };
        }

        if (spec.Has("localWorkloadSelector"))
        {
            spec.Unsupported("localWorkloadSelector", "peering with local workloads is not supported");
        }

        spec.HasNoEffect("reachableBy", "the session goes by the node's own routes; BIRD's configuration has the static route");
        spec.Finish();
        CheckPeer(spec, peer);
        return peer;
    }

    public static uint? ReadAsNumber(FieldReader spec, string name)
    {
        // Dotted notation (RFC 5396): high.low.
        if (spec.Text(name) is { } text && text.Contains('.') && text.Split('.') is [string high, string low]
            && ushort.TryParse(high, out ushort first) && ushort.TryParse(low, out ushort second))
        {
            return ((uint)first << 16) | second;
        }

        return (uint?)spec.Integer(name, 0, uint.MaxValue) is > 0 and uint number ? number : null;
    }

    private static void CheckPeer(FieldReader spec, BgpPeer peer)
    {
        if (peer.Node is not null && peer.NodeSelector is not null)
        {
            spec.Error("nodeSelector", "excludes node", ResourceCode.Conflict);
        }

        if (peer.PeerIP is not null && peer.PeerSelector is not null)
        {
            spec.Error("peerSelector", "excludes peerIP", ResourceCode.Conflict);
        }

        if (peer.PeerSelector is not null && peer.AsNumber is not null)
        {
            spec.Error("asNumber", "must be empty with peerSelector: the nodes have their own", ResourceCode.Conflict);
        }

        if (peer.PeerIP is not null && peer.AsNumber is null)
        {
            spec.Error("asNumber", "is missing", ResourceCode.Missing);
        }

        if (peer.PeerIP is null && peer.PeerSelector is null && !spec.Has("localWorkloadSelector") && !spec.Has("peerIP"))
        {
            spec.Error("peerIP", "a peer needs peerIP or peerSelector", ResourceCode.Missing);
        }
    }

    /// <summary>An address, "1.2.3.4:port" or "[fd00::1]:port".</summary>
    private static (InternetAddress? Address, ushort Port) ReadPeerIP(FieldReader spec)
    {
        const ushort defaultPort = BgpConfiguration.DefaultListenPort;
        if (spec.Text("peerIP") is not { Length: > 0 } text)
        {
            return (null, defaultPort);
        }

        if (InternetAddress.TryParse(text, out InternetAddress plain))
        {
            return (plain, defaultPort);
        }

        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon].TrimStart('[').TrimEnd(']');
        if (colon >= 0 && InternetAddress.TryParse(host, out InternetAddress address)
            && ushort.TryParse(text[(colon + 1)..], out ushort port) && port > 0)
        {
            return (address, port);
        }

        spec.Error("peerIP", $"'{text}' is not an address or address:port");
        return (null, defaultPort);
    }

    private static IReadOnlyList<InternetPrefix> ReadCidrs(FieldReader spec, string name)
    {
        List<InternetPrefix> cidrs = [];
        foreach (FieldReader entry in spec.Objects(name))
        {
            if (entry.Prefix("cidr") is { } cidr)
            {
                cidrs.Add(cidr);
            }

            entry.Finish();
        }

        return cidrs;
    }

    /// <summary>Secrets are no resources here: the reference "name/key" itself serves as the password on both sides.</summary>
    private static string? ReadPassword(FieldReader spec, string name)
    {
        FieldReader password = spec.Object(name);
        FieldReader reference = password.Object("secretKeyRef");
        string? secret = reference.IsPresent ? $"{reference.Required("name")}/{reference.Required("key")}" : null;
        reference.Finish();
        password.Finish();
        return secret;
    }
}
