using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Namespaces;

/// <summary>
/// The sysctls of a network namespace by their names below /proc/sys. Defaults are those of a new namespace of Linux 6.18;
/// ranges are the kernel's (extra1, extra2 of its tables).
/// </summary>
public static partial class SysctlTable
{
    private const long IntMinimum = int.MinValue;
    private const long IntMaximum = int.MaxValue;

    /// <summary>Every supported key, sorted by path.</summary>
    public static ImmutableArray<SysctlEntry> Entries { get; } = [.. Build().OrderBy(e => e.Path, StringComparer.Ordinal)];

    /// <summary>Reads a key: dotted (net.ipv4.ip_forward) or as a path; a device's dots are slashes in the dotted form.</summary>
    public static SysctlError TryRead(NetworkNamespace space, string key, out string value)
    {
        value = string.Empty;
        if (Find(space, key) is not { } found)
        {
            return SysctlError.NotFound;
        }

        value = found.Entry.Read(space, found.Target);
        return SysctlError.None;
    }

    /// <summary>Writes a key, with what follows from it: forwarding reaches all devices, IPv6 is switched on or off.</summary>
    public static SysctlError TryWrite(NetworkNamespace space, string key, string value)
    {
        if (Find(space, key) is not { } found)
        {
            return SysctlError.NotFound;
        }

        SysctlEntry entry = found.Entry;
        if (Normalise(entry, value) is not { } normal)
        {
            return SysctlError.Invalid;
        }

        if (entry.Write is null)
        {
            return normal == entry.Read(space, found.Target) ? SysctlError.None : SysctlError.NotSupported;
        }

        entry.Write(space, found.Target, normal);
        return SysctlError.None;
    }

    /// <summary>Every key of a namespace as a path, sorted as sysctl -a prints them.</summary>
    public static IEnumerable<string> Keys(NetworkNamespace space)
    {
        string[] targets = [.. space.Devices.Select(d => d.Name).Append("default")];
        return Entries
            .SelectMany(e => e.IsPerDevice
                ? targets.Concat(e.HasAll ? ["all"] : []).Select(t => e.Path.Replace("*", t, StringComparison.Ordinal))
                : [e.Path])
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The path of a key in either spelling (sysctl's slashdot): the first separator tells which.</summary>
    public static string PathOf(string key)
    {
        int first = key.AsSpan().IndexOfAny('.', '/');
        return first >= 0 && key[first] == '.'
            ? string.Create(key.Length, key, static (span, source) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = source[i] switch { '.' => '/', '/' => '.', char c => c };
                }
            })
            : key;
    }

    /// <summary>The dotted spelling of a path.</summary>
    public static string KeyOf(string path) =>
        string.Join('.', path.Split('/').Select(word => word.Replace('.', '/')));

    private static (SysctlEntry Entry, SysctlTarget Target)? Find(NetworkNamespace space, string key)
    {
        string[] words = PathOf(key).Split('/');
        foreach (SysctlEntry entry in Entries)
        {
            string[] pattern = entry.Path.Split('/');
            if (pattern.Length != words.Length || !Matches(pattern, words, out string name))
            {
                continue;
            }

            NetDevice? device = entry.IsPerDevice && name is not ("all" or "default") ? space.FindDevice(name) : null;
            if (entry.IsPerDevice && device is null && name != "default" && (name != "all" || !entry.HasAll))
            {
                return null;
            }

            return (entry, new SysctlTarget(name, device));
        }

        return null;
    }

    private static bool Matches(string[] pattern, string[] words, out string name)
    {
        name = string.Empty;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == "*")
            {
                name = words[i];
            }
            else if (pattern[i] != words[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value as the kernel would show it; null if it is refused.</summary>
    private static string? Normalise(SysctlEntry entry, string value)
    {
        string[] given = value.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string[] shape = entry.Default.Split('\t');
        if (entry.Path == RateMaskPath)
        {
            return TryParseTypes(value.Trim(), out _) ? value.Trim() : null;
        }

        if (!long.TryParse(shape[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return given.Length == 1 && IsKnownWord(entry, given[0]) ? given[0] : null;
        }

        if (given.Length != shape.Length)
        {
            return null;
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (!TryParseNumber(given[i], out long number) || number < entry.Minimum || number > entry.Maximum)
            {
                return null;
            }

            given[i] = SysctlEntry.Text(number);
        }

        return string.Join('\t', given);
    }

    private static bool IsKnownWord(SysctlEntry entry, string word) =>
        entry.Path == "net/ipv4/tcp_congestion_control" ? word is "cubic" or "reno" : word == entry.Default;

    private static bool TryParseNumber(string text, out long value)
    {
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = negative ? text.AsSpan(1) : text;
        bool parsed = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = negative ? -value : value;
        return parsed;
    }

    private static List<SysctlEntry> Build()
    {
        List<SysctlEntry> entries = [];
        AddIPv4(entries);
        AddTcp(entries);
        AddConntrack(entries);
        AddIPv4Devices(entries);
        AddIPv6(entries);
        AddFixed(entries);
        return entries;
    }

    private static void AddIPv4(List<SysctlEntry> entries)
    {
        entries.Add(new SysctlEntry(
            "net/ipv4/ip_forward", "0", IntMinimum, IntMaximum,
            static (space, _) => SysctlEntry.Text(space.Settings.All.Forwarding),
            static (space, _, value) => space.SetForwarding(value != "0")));
        Add(entries, "net/ipv4/ip_default_ttl", 64, 1, 255, s => s.IPv4DefaultTtl, (s, v) => s.IPv4DefaultTtl = (byte)v);
        Add(entries, "net/ipv4/ip_no_pmtu_disc", 0, 0, 3, s => s.IpNoPmtuDiscovery, (s, v) => s.IpNoPmtuDiscovery = (byte)v);
        Add(entries, "net/ipv4/ip_forward_use_pmtu", 0, 0, 255, s => s.IpForwardUsePmtu ? 1 : 0, (s, v) => s.IpForwardUsePmtu = v != 0);
        Add(entries, "net/ipv4/ip_nonlocal_bind", 0, 0, 255, s => s.IpNonlocalBind ? 1 : 0, (s, v) => s.IpNonlocalBind = v != 0);
        Add(entries, "net/ipv4/ip_unprivileged_port_start", 1024, 0, 65535, s => s.UnprivilegedPortStart, (s, v) => s.UnprivilegedPortStart = (int)v);
        Add(entries, "net/ipv4/icmp_echo_ignore_all", 0, 0, 1, s => s.IcmpEchoIgnoreAll ? 1 : 0, (s, v) => s.IcmpEchoIgnoreAll = v != 0);
        Add(entries, "net/ipv4/icmp_echo_ignore_broadcasts", 1, 0, 1, s => s.IcmpEchoIgnoreBroadcasts ? 1 : 0, (s, v) => s.IcmpEchoIgnoreBroadcasts = v != 0);
        Add(entries, "net/ipv4/icmp_ratelimit", 1000, IntMinimum, IntMaximum, s => s.IcmpRateLimit, (s, v) => s.IcmpRateLimit = (int)v);
        Add(entries, "net/ipv4/icmp_ratemask", 6168, IntMinimum, IntMaximum, s => (int)s.IcmpRateMask, (s, v) => s.IcmpRateMask = (uint)v);
        Add(entries, "net/ipv4/icmp_msgs_per_sec", 1000, 0, IntMaximum, s => s.IcmpMessagesPerSecond, (s, v) => s.IcmpMessagesPerSecond = (int)v);
        Add(entries, "net/ipv4/icmp_msgs_burst", 50, 0, IntMaximum, s => s.IcmpMessagesBurst, (s, v) => s.IcmpMessagesBurst = (int)v);
        Add(entries, "net/ipv4/icmp_errors_use_inbound_ifaddr", 0, 0, 1, s => s.IcmpErrorsUseInboundAddress ? 1 : 0, (s, v) => s.IcmpErrorsUseInboundAddress = v != 0);
        Add(entries, "net/ipv4/fib_multipath_hash_policy", 0, 0, 2, s => s.FibMultipathHashPolicy, (s, v) => s.FibMultipathHashPolicy = (byte)v);
        Add(entries, "net/bridge/bridge-nf-call-iptables", 0, 0, 255, s => s.BridgeNetfilterCallIptables ? 1 : 0, (s, v) => s.BridgeNetfilterCallIptables = v != 0);
        Add(entries, "net/bridge/bridge-nf-call-ip6tables", 0, 0, 255, s => s.BridgeNetfilterCallIp6tables ? 1 : 0, (s, v) => s.BridgeNetfilterCallIp6tables = v != 0);
        entries.Add(new SysctlEntry(
            "net/ipv4/ip_local_port_range", "32768\t60999", 1, 65535,
            static (space, _) => $"{space.Settings.LocalPortFirst}\t{space.Settings.LocalPortLast}",
            static (space, _, value) =>
            {
                string[] ports = value.Split('\t');
                space.WritableSettings.LocalPortFirst = ushort.Parse(ports[0], CultureInfo.InvariantCulture);
                space.WritableSettings.LocalPortLast = ushort.Parse(ports[1], CultureInfo.InvariantCulture);
            }));
    }

    private static void AddIPv4Devices(List<SysctlEntry> entries)
    {
        entries.Add(new SysctlEntry(
            "net/ipv4/conf/*/forwarding", "0", IntMinimum, IntMaximum,
            static (space, target) => SysctlEntry.Text(target.Settings(space).Forwarding),
            static (space, target, value) =>
            {
                if (target.IsAll)
                {
                    space.SetForwarding(value != "0");
                }
                else
                {
                    target.WritableSettings(space).Forwarding = value != "0";
                }
            }));
        AddLinkdown(entries, "ipv4", s => s.IgnoreRoutesWithLinkdown, (s, v) => s.IgnoreRoutesWithLinkdown = v);
        AddDevice(entries, "rp_filter", 0, s => s.ReversePathFilter, (s, v) => s.ReversePathFilter = (byte)v, 0, 2);
        AddDevice(entries, "arp_ignore", 0, s => s.ArpIgnore, (s, v) => s.ArpIgnore = (byte)v, 0, 8);
        AddDevice(entries, "arp_announce", 0, s => s.ArpAnnounce, (s, v) => s.ArpAnnounce = (byte)v, 0, 2);
        AddDevice(entries, "arp_accept", 0, s => s.ArpAccept, (s, v) => s.ArpAccept = (byte)v, 0, 2);
        AddDevice(entries, "arp_filter", 0, s => s.ArpFilter ? 1 : 0, (s, v) => s.ArpFilter = v != 0);
        AddDevice(entries, "arp_notify", 0, s => s.ArpNotify ? 1 : 0, (s, v) => s.ArpNotify = v != 0);
        AddDevice(entries, "proxy_arp", 0, s => s.ProxyArp ? 1 : 0, (s, v) => s.ProxyArp = v != 0);
        AddDevice(entries, "accept_local", 0, s => s.AcceptLocal ? 1 : 0, (s, v) => s.AcceptLocal = v != 0);
        AddDevice(entries, "accept_source_route", 1, s => s.AcceptSourceRouteIPv4 ? 1 : 0, (s, v) => s.AcceptSourceRouteIPv4 = v != 0);
        AddDevice(entries, "promote_secondaries", 0, s => s.PromoteSecondaries ? 1 : 0, (s, v) => s.PromoteSecondaries = v != 0);
        AddDevice(entries, "route_localnet", 0, s => s.RouteLocalnet ? 1 : 0, (s, v) => s.RouteLocalnet = v != 0);
        AddDevice(entries, "send_redirects", 1, s => s.SendRedirects ? 1 : 0, (s, v) => s.SendRedirects = v != 0);
        AddDevice(entries, "accept_redirects", 1, s => s.AcceptRedirects ? 1 : 0, (s, v) => s.AcceptRedirects = v != 0);
        AddDevice(entries, "secure_redirects", 1, s => s.SecureRedirects ? 1 : 0, (s, v) => s.SecureRedirects = v != 0);
        AddDevice(entries, "arp_evict_nocarrier", 1, s => s.ArpEvictNoCarrier ? 1 : 0, (s, v) => s.ArpEvictNoCarrier = v != 0, 0, 1);
        AddDevice(entries, "bc_forwarding", 0, s => s.BroadcastForwarding ? 1 : 0, (s, v) => s.BroadcastForwarding = v != 0);
        AddDevice(
            entries, "drop_unicast_in_l2_multicast", 0,
            s => s.DropUnicastInLinkLayerMulticast ? 1 : 0, (s, v) => s.DropUnicastInLinkLayerMulticast = v != 0);
        entries.Add(OfDevice("net/ipv4/neigh/*/proxy_delay", 80, 0, IntMaximum, s => s.ProxyDelay, (s, v) => s.ProxyDelay = (int)v));
        AddNeighbours(entries, "ipv4", new NeighbourParameters(), s => s.NeighboursIPv4, (s, v) => s.NeighboursIPv4 = v);
    }

    private static void AddLinkdown(
        List<SysctlEntry> entries, string family, Func<InterfaceSettings, bool> read, Action<InterfaceSettings, bool> write) =>
        entries.Add(new SysctlEntry(
            $"net/{family}/conf/*/ignore_routes_with_linkdown", "0", IntMinimum, IntMaximum,
            (space, target) => SysctlEntry.Text(read(target.Settings(space))),
            (space, target, value) =>
            {
                write(target.WritableSettings(space), value != "0");
                foreach (NetDevice device in space.Devices)
                {
                    space.RoutesFollowCarrier(device);
                }
            }));

    private static void AddNeighbours(
        List<SysctlEntry> entries, string family, NeighbourParameters initial,
        Func<InterfaceSettings, NeighbourParameters> read, Action<InterfaceSettings, NeighbourParameters> write)
    {
        void Add(string name, Func<NeighbourParameters, int> get, Func<NeighbourParameters, int, NeighbourParameters> set) =>
            entries.Add(OfDevice(
                $"net/{family}/neigh/*/{name}", get(initial), 0, IntMaximum, s => get(read(s)), (s, v) => write(s, set(read(s), (int)v))));

        Add("base_reachable_time_ms", p => p.BaseReachableTime, (p, v) => p with { BaseReachableTime = v });
        Add("retrans_time_ms", p => p.RetransmitTime, (p, v) => p with { RetransmitTime = v });
        Add("delay_first_probe_time", p => p.DelayFirstProbeTime, (p, v) => p with { DelayFirstProbeTime = v });
        Add("mcast_solicit", p => p.MulticastSolicit, (p, v) => p with { MulticastSolicit = v });
        Add("ucast_solicit", p => p.UnicastSolicit, (p, v) => p with { UnicastSolicit = v });
        Add("locktime", p => p.LockTime, (p, v) => p with { LockTime = v });
        foreach ((string name, string value) in new[]
        {
            ("anycast_delay", "100"), ("app_solicit", "0"), ("gc_stale_time", "60"), ("interval_probe_time_ms", "5000"),
            ("mcast_resolicit", "0"), ("proxy_qlen", "64"), ("unres_qlen", "101"), ("unres_qlen_bytes", "212992"),
        })
        {
            entries.Add(new SysctlEntry($"net/{family}/neigh/*/{name}", value, 0, IntMaximum, (_, _) => value, write: null));
        }
    }

    /// <summary>What the engine does in one way only: shown as the kernel shows it.</summary>
    private static void AddFixed(List<SysctlEntry> entries)
    {
        foreach ((string path, string value) in new[]
        {
            ("net/ipv4/conf/*/bootp_relay", "0"),
            ("net/ipv4/conf/*/drop_gratuitous_arp", "0"),
            ("net/ipv4/conf/*/force_igmp_version", "0"),
            ("net/ipv4/conf/*/log_martians", "0"),
            ("net/ipv4/conf/*/mc_forwarding", "0"),
            ("net/ipv4/conf/*/medium_id", "0"),
            ("net/ipv4/conf/*/proxy_arp_pvlan", "0"),
            ("net/ipv4/conf/*/shared_media", "1"),
            ("net/ipv4/conf/*/src_valid_mark", "0"),
            ("net/ipv4/conf/*/tag", "0"),
            ("net/ipv4/fib_multipath_use_neigh", "0"),
            ("net/ipv4/fwmark_reflect", "0"),
            ("net/ipv4/icmp_ignore_bogus_error_responses", "1"),
            ("net/ipv4/ip_dynaddr", "0"),
            ("net/ipv4/ip_early_demux", "1"),
            ("net/ipv4/ip_forward_update_priority", "1"),
            ("net/ipv4/ipfrag_high_thresh", "4194304"),
            ("net/ipv4/ipfrag_time", "30"),
            ("net/ipv4/tcp_fwmark_accept", "0"),
            ("net/ipv6/conf/*/mc_forwarding", "0"),
            ("net/ipv6/fwmark_reflect", "0"),
            ("net/netfilter/nf_conntrack_log_invalid", "0"),
            ("net/netfilter/nf_conntrack_tcp_loose", "1"),
            ("net/netfilter/nf_conntrack_timestamp", "0"),
            ("net/ipv4/route/min_pmtu", "552"),
            ("net/ipv4/route/mtu_expires", "600"),
            ("net/ipv4/neigh/default/gc_interval", "30"),
            ("net/ipv4/neigh/default/gc_thresh1", "128"),
            ("net/ipv4/neigh/default/gc_thresh2", "512"),
            ("net/ipv4/neigh/default/gc_thresh3", "1024"),
        })
        {
            entries.Add(new SysctlEntry(path, value, 0, IntMaximum, (_, _) => value, write: null));
        }
    }

    private static void Add(
        List<SysctlEntry> entries, string path, long initial, long minimum, long maximum,
        Func<NamespaceSettings, long> read, Action<NamespaceSettings, long> write) =>
        entries.Add(new SysctlEntry(
            path, SysctlEntry.Text(initial), minimum, maximum,
            (space, _) => SysctlEntry.Text(read(space.Settings)),
            (space, _, value) => write(space.WritableSettings, long.Parse(value, CultureInfo.InvariantCulture))));

    private static void AddDevice(
        List<SysctlEntry> entries, string name, long initial,
        Func<InterfaceSettings, long> read, Action<InterfaceSettings, long> write, long minimum = 0, long maximum = IntMaximum) =>
        entries.Add(OfDevice($"net/ipv4/conf/*/{name}", initial, minimum, maximum, read, write));

    private static SysctlEntry OfDevice(
        string path, long initial, long minimum, long maximum,
        Func<InterfaceSettings, long> read, Action<InterfaceSettings, long> write) =>
        new(
            path, SysctlEntry.Text(initial), minimum, maximum,
            (space, target) => SysctlEntry.Text(read(target.Settings(space))),
            (space, target, value) => write(target.WritableSettings(space), long.Parse(value, CultureInfo.InvariantCulture)));
}
