using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A foreign daemon as a neighbour: its configuration for a variant, and its routes in one canonical form,
/// "as-path|origin|med|communities|large communities|next hop". It originates one route with all of these.
/// </summary>
internal abstract class ForeignPeer : IDisposable
{
    protected ForeignPeer(PeerVariant variant) => Variant = variant;

    public PeerVariant Variant { get; }

    public ForeignDaemon Daemon { get; protected init; } = null!;

    public string TheirAddress => Variant.IPv6 ? $"fd00:fe:{Daemon.Net}::2" : $"10.254.{Daemon.Net}.2";

    public string OurAddress => Variant.IPv6 ? $"fd00:fe:{Daemon.Net}::1" : $"10.254.{Daemon.Net}.1";

    /// <summary>The route that they originate.</summary>
    public string Prefix => Variant.IPv6 ? "2001:db8:2::/48" : "198.51.100.0/24";

    /// <summary>The route in their table, all paths of it, each in the canonical form; empty for none.</summary>
    public abstract IReadOnlyList<string> Paths(string prefix);

    /// <summary>Asks us for our routes again (RFC 2918). False for a daemon that has no command for it.</summary>
    public abstract bool AskForRefresh();

    /// <summary>What must be done once it runs, before its route is there.</summary>
    public virtual void Originate()
    {
    }

    public void Dispose() => Daemon.Dispose();

    /// <summary>Session addresses in a configuration.</summary>
    protected static string Ours(PeerVariant variant) => variant.IPv6 ? "fd00:fe:NET::1" : "10.254.NET.1";

    protected static string Theirs(PeerVariant variant) => variant.IPv6 ? "fd00:fe:NET::2" : "10.254.NET.2";

    protected static string Canonical(
        string path, string origin, object? med, IEnumerable<string> communities, IEnumerable<string> large, string nextHop) =>
        $"{path}|{origin.ToUpperInvariant()[..1]}|{med}|{string.Join(' ', communities.Order(StringComparer.Ordinal))}"
        + $"|{string.Join(' ', large.Order(StringComparer.Ordinal))}|{nextHop}";

    protected static IEnumerable<string> Words(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    protected static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    /// <summary>The JSON in an answer; null while there is none.</summary>
    protected static JsonElement? Json(string answer)
    {
        try
        {
            int start = answer.IndexOfAny(['{', '[']);
            return start < 0 ? null : JsonDocument.Parse(answer[start..]).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>BIRD 2.</summary>
    public sealed class Bird : ForeignPeer
    {
        public Bird(PeerVariant v)
            : base(v)
        {
            string family = v.IPv6 ? "ipv6" : "ipv4";
            string prefix = v.IPv6 ? "2001:db8:2::/48" : "198.51.100.0/24";
            Daemon = new ForeignDaemon("bird.conf", $$"""
                router id 10.254.NET.2;
                graceful restart wait 5;
                protocol device { scan time 60; }
                protocol static statics { {{family}}; route {{prefix}} blackhole { bgp_community.add((65002,9)); bgp_large_community.add((65002,1,2)); }; }
                protocol bgp p {
                  local {{Theirs(v)}} as {{v.TheirAs}}; neighbor {{Ours(v)}} as {{v.OurAs}}; passive;
                  {{(v.Password is null ? "" : $"password \"{v.Password}\";")}} {{(v.TheyAreTwoOctet ? "enable as4 off;" : "")}}
                  {{(v.GracefulRestart ? "graceful restart on;" : "")}} {{(v.LongLived ? "graceful restart time 1; long lived graceful restart on; long lived stale time 60;" : "")}} {{(v.WeAreClient ? "rr client;" : "")}}
                  {{family}} { import all; export filter { bgp_med = 77; accept; }; {{(v.AddPath ? "add paths on;" : "")}} {{(v.WeAreClient ? "next hop self;" : "")}} };
                }
                # Two further neighbours from AS 65100 and up, for several paths of one prefix.
                protocol bgp others { local 10.254.NET.2 as {{v.TheirAs}}; neighbor range 10.254.NET.128/25 external; passive; ipv4 { import all; export none; }; }
                """, "/usr/sbin/bird -f -c DIR/bird.conf -s DIR/ctl -P DIR/pid");
        }

        public override IReadOnlyList<string> Paths(string prefix)
        {
            List<string> paths = [];
            Dictionary<string, string> attributes = [];
            foreach (string line in Daemon.Ask($"/usr/sbin/birdc -s DIR/ctl show route {prefix} all").Split('\n').Append("\tType: end"))
            {
                string text = line.Trim();
                if (text.StartsWith("Type:", StringComparison.Ordinal) && attributes.Count > 0)
                {
                    paths.Add(Canonical(
                        attributes.GetValueOrDefault("BGP.as_path", ""), attributes.GetValueOrDefault("BGP.origin", "?"), attributes.GetValueOrDefault("BGP.med"),
                        Words(attributes.GetValueOrDefault("BGP.community")?.Replace(',', ':').Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal)),
                        Words(attributes.GetValueOrDefault("BGP.large_community")?.Replace(", ", ":", StringComparison.Ordinal).Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal)),
                        attributes.GetValueOrDefault("BGP.next_hop", "").Split(' ')[0]));
                    attributes.Clear();
                }

                int colon = text.IndexOf(": ", StringComparison.Ordinal);
                if (text.StartsWith("BGP.", StringComparison.Ordinal) && colon > 0)
                {
                    attributes[text[..colon]] = text[(colon + 2)..];
                }
            }

            return paths;
        }

        public override bool AskForRefresh() => Daemon.Ask("/usr/sbin/birdc -s DIR/ctl reload in p").Length > 0;
    }

    /// <summary>FRR's bgpd without zebra.</summary>
    public sealed class Frr : ForeignPeer
    {
        public Frr(PeerVariant v)
            : base(v)
        {
            string family = v.IPv6 ? "ipv6" : "ipv4";
            string prefix = v.IPv6 ? "2001:db8:2::/48" : "198.51.100.0/24";
            Daemon = new ForeignDaemon("bgpd.conf", $$"""
                frr defaults traditional
                route-map RM permit 10
                 set community 65002:9
                 set large-community 65002:1:2
                 set metric 77
                 {{(v.IPv6 ? "set ipv6 next-hop global fd00:fe:NET::2" : "!")}}
                exit
                router bgp {{v.TheirAs}}
                 bgp router-id 10.254.NET.2
                 no bgp ebgp-requires-policy
                 no bgp network import-check
                 {{(v.GracefulRestart ? "bgp graceful-restart" : "bgp log-neighbor-changes")}}
                 {{(v.KeepsForwardingState ? "bgp graceful-restart preserve-fw-state" : "!")}}
                 {{(v.LongLived ? "bgp graceful-restart restart-time 1\n bgp long-lived-graceful-restart stale-time 60" : "!")}}
                 neighbor {{Ours(v)}} remote-as {{v.OurAsToThem}}
                 neighbor {{Ours(v)}} passive
                 {{(v.Password is null ? "!" : $"neighbor {Ours(v)} password {v.Password}")}}
                 neighbor T peer-group
                 neighbor T remote-as external
                 bgp listen range 10.254.NET.128/25 peer-group T
                 address-family {{family}} unicast
                  neighbor {{Ours(v)}} activate
                  network {{prefix}} route-map RM
                  {{(v.AddPath ? $"neighbor {Ours(v)} addpath-tx-all-paths" : "!")}}
                  {{(v.WeAreClient ? $"neighbor {Ours(v)} route-reflector-client" : "!")}}
                 exit-address-family
                """, "/usr/lib/frr/bgpd -n -f DIR/bgpd.conf --vty_socket DIR -i DIR/pid -Z -S -u root -g root");
        }

        public override IReadOnlyList<string> Paths(string prefix)
        {
            string family = Variant.IPv6 ? "ipv6" : "ipv4";
            JsonElement? answer = Json(Daemon.Ask($"vtysh --vty_socket DIR -c \"show bgp {family} unicast {prefix} json\""));
            return answer is { } json && json.TryGetProperty("paths", out JsonElement paths)
                ? [.. paths.EnumerateArray().Select(path => Canonical(
                    Text(path.GetProperty("aspath"), "string") is "Local" ? "" : Text(path.GetProperty("aspath"), "string"),
                    Text(path, "origin"),
                    Text(path, "metric"),
                    path.TryGetProperty("community", out JsonElement c) ? Words(Text(c, "string")) : [],
                    path.TryGetProperty("largeCommunity", out JsonElement l) ? Words(Text(l, "string")) : [],
                    path.GetProperty("nexthops")[0].GetProperty("ip").GetString()!))]
                : [];
        }

        public override bool AskForRefresh() => Daemon.Ask("vtysh --vty_socket DIR -c \"clear bgp * soft in\"") is not null;
    }

    /// <summary>GoBGP.</summary>
    public sealed class GoBgp : ForeignPeer
    {
        public GoBgp(PeerVariant v)
            : base(v)
        {
            string family = v.IPv6 ? "ipv6-unicast" : "ipv4-unicast";
            Daemon = new ForeignDaemon("gobgpd.toml", $$"""
                [global.config]
                  as = {{v.TheirAs}}
                  router-id = "10.254.NET.2"
                [[neighbors]]
                  [neighbors.config]
                    neighbor-address = "{{Ours(v)}}"
                    peer-as = {{v.OurAsToThem}}
                    auth-password = "{{v.Password}}"
                  [neighbors.transport.config]
                    passive-mode = true
                  [neighbors.graceful-restart.config]
                    enabled = {{(v.GracefulRestart ? "true" : "false")}}
                    restart-time = 60
                  [neighbors.route-reflector.config]
                    route-reflector-client = {{(v.WeAreClient ? "true" : "false")}}
                    route-reflector-cluster-id = "10.254.NET.2"
                  [[neighbors.afi-safis]]
                    [neighbors.afi-safis.config]
                      afi-safi-name = "{{family}}"
                    [neighbors.afi-safis.mp-graceful-restart.config]
                      enabled = {{(v.GracefulRestart ? "true" : "false")}}
                    [neighbors.afi-safis.add-paths.config]
                      receive = {{(v.AddPath ? "true" : "false")}}
                      send-max = {{(v.AddPath ? 8 : 0)}}
                {{(v.GracefulRestart ? SourceOf(family) : "")}}
                """, "/usr/bin/gobgpd -f DIR/gobgpd.toml");
        }

        private string Family => Variant.IPv6 ? "ipv6" : "ipv4";

        // Whom it learns routes from again when it restarts: its own begin by command only.
        private static string SourceOf(string family) => $$"""
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.254.NET.4"
                peer-as = 65004
              [neighbors.transport.config]
                passive-mode = true
              [neighbors.graceful-restart.config]
                enabled = true
                restart-time = 60
              [[neighbors.afi-safis]]
                [neighbors.afi-safis.config]
                  afi-safi-name = "{{family}}"
                [neighbors.afi-safis.mp-graceful-restart.config]
                  enabled = true
            """;

        public override void Originate() => LiveSpeaker.Eventually(
            () => Daemon.Ask($"gobgp global rib add {Prefix} nexthop {TheirAddress} community 65002:9 med 77 large-community 65002:1:2 -a {Family}").Length == 0,
            () => Daemon.Output);

        public override IReadOnlyList<string> Paths(string prefix)
        {
            if (Json(Daemon.Ask($"gobgp global rib {prefix} -a {Family} -j")) is not { ValueKind: JsonValueKind.Object } json
                || !json.TryGetProperty(prefix, out JsonElement paths))
            {
                return [];
            }

            return [.. paths.EnumerateArray().Select(path =>
            {
                Dictionary<int, JsonElement> attributes = path.GetProperty("attrs").EnumerateArray().ToDictionary(a => a.GetProperty("type").GetInt32());
                return Canonical(
                    attributes.TryGetValue(2, out JsonElement asPath) && asPath.TryGetProperty("as_paths", out JsonElement segments) && segments.ValueKind == JsonValueKind.Array
                        ? string.Join(' ', segments.EnumerateArray().SelectMany(s => s.GetProperty("asns").EnumerateArray()).Select(a => a.ToString()))
                        : "",
                    ((string[])["IGP", "EGP", "incomplete"])[attributes[1].GetProperty("value").GetInt32()],
                    attributes.TryGetValue(4, out JsonElement med) ? med.GetProperty("metric").ToString() : "",
                    attributes.TryGetValue(8, out JsonElement c)
                        ? c.GetProperty("communities").EnumerateArray().Select(v => $"{v.GetUInt32() >> 16}:{v.GetUInt32() & 0xFFFF}") : [],
                    attributes.TryGetValue(32, out JsonElement l)
                        ? l.GetProperty("value").EnumerateArray().Select(v => $"{Text(v, "ASN")}:{Text(v, "LocalData1")}:{Text(v, "LocalData2")}") : [],
                    attributes.TryGetValue(3, out JsonElement hop) ? Text(hop, "nexthop") : Text(attributes[14], "nexthop"));
            })];
        }

        // Its softresetin looks at what it has kept.
        public override bool AskForRefresh() => false;
    }

    /// <summary>OpenBGPD.</summary>
    public sealed class OpenBgpd : ForeignPeer
    {
        public OpenBgpd(PeerVariant v)
            : base(v)
        {
            System.IO.Directory.CreateDirectory("/run/openbgpd");
            string family = v.IPv6 ? "IPv6" : "IPv4";
            string prefix = v.IPv6 ? "2001:db8:2::/48" : "198.51.100.0/24";
            Daemon = new ForeignDaemon("bgpd.conf", $$"""
                AS {{v.TheirAs}}
                router-id 10.254.NET.2
                socket "DIR/ctl"
                network {{prefix}} set { community 65002:9 large-community 65002:1:2 metric 77 nexthop {{Theirs(v)}} }
                neighbor {{Ours(v)}} {
                 remote-as {{v.OurAsToThem}}
                 passive
                 announce {{family}} unicast
                 {{(v.IPv6 ? "" : "announce IPv6 none")}}
                 {{(v.TheyAreTwoOctet ? "announce as-4byte no" : "")}}
                 {{(v.AddPath ? "announce add-path recv yes\n announce add-path send all" : "")}}
                 {{(v.WeAreClient ? "route-reflector" : "")}}
                 {{(v.Password is null ? "" : $"tcp md5sig password {v.Password}")}}
                }
                allow from any
                allow to any

                """.Replace("\n \n", "\n", StringComparison.Ordinal), "sh -c \"chmod 600 DIR/bgpd.conf && exec /usr/sbin/bgpd -d -f DIR/bgpd.conf\"");
        }

        public override IReadOnlyList<string> Paths(string prefix) =>
            Json(Daemon.Ask($"bgpctl -j -s DIR/ctl show rib detail {prefix}")) is { ValueKind: JsonValueKind.Object } json
                && json.TryGetProperty("rib", out JsonElement rib)
                ? [.. rib.EnumerateArray().Select(path => Canonical(
                    Text(path, "aspath"),
                    Text(path, "origin"),
                    Text(path, "metric"),
                    path.TryGetProperty("communities", out JsonElement c) ? c.EnumerateArray().Select(v => v.ToString()) : [],
                    path.TryGetProperty("large_communities", out JsonElement l) ? l.EnumerateArray().Select(v => v.ToString()) : [],
                    Text(path, "exit_nexthop")))]
                : [];

        public override bool AskForRefresh() => Daemon.Ask($"bgpctl -s DIR/ctl neighbor {OurAddress} refresh").Length > 0;
    }

    /// <summary>ExaBGP, which has no table: what it hears goes to a file.</summary>
    public sealed class ExaBgp : ForeignPeer
    {
        public ExaBgp(PeerVariant v)
            : base(v)
        {
            string family = v.IPv6 ? "ipv6" : "ipv4";
            string prefix = v.IPv6 ? "2001:db8:2::/48" : "198.51.100.0/24";
            Daemon = new ForeignDaemon("exabgp.conf", $$"""
                process dump { run /bin/sh -c "cat >> DIR/heard"; encoder json; }
                neighbor {{Ours(v)}} {
                  router-id 10.254.NET.2; local-address {{Theirs(v)}}; local-as {{v.TheirAs}}; peer-as {{v.OurAsToThem}};
                  {{(v.Password is null ? "" : $"md5-password {v.Password};")}}
                  capability { {{(v.TheyAreTwoOctet ? "asn4 disable;" : "")}} {{(v.AddPath ? "add-path send/receive;" : "")}} {{(v.GracefulRestart ? "graceful-restart 60;" : "")}} route-refresh enable; }
                  family { {{family}} unicast; }
                  api { processes [ dump ]; receive { parsed; update; } }
                  static { route {{prefix}} next-hop {{Theirs(v)}} community [65002:9] large-community [65002:1:2] med 77; }
                }
                """, "/usr/sbin/exabgp DIR/exabgp.conf");
        }

        public override IReadOnlyList<string> Paths(string prefix)
        {
            List<string> paths = [];
            foreach (string line in Daemon.Ask("cat DIR/heard").Split('\n'))
            {
                if (Json(line) is { } json && json.TryGetProperty("neighbor", out JsonElement neighbor)
                    && neighbor.TryGetProperty("message", out JsonElement message) && message.TryGetProperty("update", out JsonElement update)
                    && update.TryGetProperty("announce", out JsonElement announced) && update.TryGetProperty("attribute", out JsonElement set))
                {
                    foreach (JsonProperty hop in announced.EnumerateObject().SelectMany(family => family.Value.EnumerateObject()))
                    {
                        if (hop.Value.ToString().Contains($"\"{prefix}\"", StringComparison.Ordinal))
                        {
                            paths.Add(Canonical(
                                string.Join(' ', Numbers(set, "as-path")), Text(set, "origin"), Text(set, "med"),
                                Lists(set, "community"), Lists(set, "large-community"), hop.Name));
                        }
                    }
                }
            }

            return paths.Count == 0 ? [] : [paths[^1]];
        }

        // There is none without its control pipes.
        public override bool AskForRefresh() => false;

        private static IEnumerable<string> Numbers(JsonElement set, string name) =>
            !set.TryGetProperty(name, out JsonElement path) ? []
            : path.ValueKind == JsonValueKind.Array ? path.EnumerateArray().Select(v => v.ToString())
            : path.EnumerateObject().SelectMany(segment => segment.Value.GetProperty("value").EnumerateArray()).Select(v => v.ToString());

        private static IEnumerable<string> Lists(JsonElement set, string name) =>
            set.TryGetProperty(name, out JsonElement list)
                ? list.EnumerateArray().Select(v => string.Join(':', v.EnumerateArray().Select(part => part.GetInt64().ToString(CultureInfo.InvariantCulture))))
                : [];
    }
}
