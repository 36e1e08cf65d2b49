using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Namespaces;

/// <content>net.ipv6, with the defaults of a new namespace of Linux 6.18.</content>
public static partial class SysctlTable
{
    private const string RateMaskPath = "net/ipv6/icmp/ratemask";

    private static void AddIPv6(List<SysctlEntry> entries)
    {
        AddIPv6Namespace(entries);
        entries.Add(new SysctlEntry(
            "net/ipv6/conf/*/forwarding", "0", IntMinimum, IntMaximum,
            static (space, target) => SysctlEntry.Text(target.Settings(space).ForwardingIPv6),
            static (space, target, value) => SetForwarding(space, target, value != "0")));
        entries.Add(new SysctlEntry(
            "net/ipv6/conf/*/disable_ipv6", "1", 0, 1,
            static (space, target) => SysctlEntry.Text(!space.Settings.IPv6Enabled || target.Settings(space).DisableIPv6),
            static (space, target, value) => SetDisabled(space, target, value != "0")));
        AddLinkdown(entries, "ipv6", s => s.IgnoreRoutesWithLinkdownIPv6, (s, v) => s.IgnoreRoutesWithLinkdownIPv6 = v);
        AddDevice6(entries, "proxy_ndp", 0, s => s.ProxyNdp ? 1 : 0, (s, v) => s.ProxyNdp = v != 0);
        AddDevice6(entries, "accept_dad", 1, s => s.AcceptDad, (s, v) => s.AcceptDad = (byte)Math.Max(0, v), -1, 2);
        AddDevice6(entries, "dad_transmits", 1, s => s.DadTransmits, (s, v) => s.DadTransmits = (int)v, 0, IntMaximum);
        AddSwitch6(entries, "enhanced_dad", true, s => s.EnhancedDad, (s, v) => s.EnhancedDad = v);
        AddDevice6(entries, "accept_ra", 1, s => s.AcceptRa, (s, v) => s.AcceptRa = (byte)v, 0, 2);
        AddSwitch6(entries, "accept_ra_defrtr", true, s => s.AcceptRaDefaultRouter, (s, v) => s.AcceptRaDefaultRouter = v);
        AddSwitch6(entries, "accept_ra_pinfo", true, s => s.AcceptRaPrefixInformation, (s, v) => s.AcceptRaPrefixInformation = v);
        AddSwitch6(entries, "accept_ra_mtu", true, s => s.AcceptRaMtu, (s, v) => s.AcceptRaMtu = v);
        AddSwitch6(entries, "accept_ra_rtr_pref", true, s => s.AcceptRaRouterPreference, (s, v) => s.AcceptRaRouterPreference = v);
        AddSwitch6(entries, "accept_ra_from_local", false, s => s.AcceptRaFromLocal, (s, v) => s.AcceptRaFromLocal = v);
        AddDevice6(entries, "accept_ra_min_hop_limit", 1, s => s.AcceptRaMinimumHopLimit, (s, v) => s.AcceptRaMinimumHopLimit = (int)v);
        AddDevice6(entries, "ra_defrtr_metric", 1024, s => s.RaDefaultRouterMetric, (s, v) => s.RaDefaultRouterMetric = (uint)v, 1, uint.MaxValue);
        AddSwitch6(entries, "autoconf", true, s => s.Autoconf, (s, v) => s.Autoconf = v);
        AddSwitch6(entries, "accept_redirects", true, s => s.AcceptRedirectsIPv6, (s, v) => s.AcceptRedirectsIPv6 = v);
        AddDevice6(entries, "accept_source_route", 0, s => s.AcceptSourceRoute, (s, v) => s.AcceptSourceRoute = (int)v, IntMinimum, IntMaximum);
        AddDevice6(entries, "addr_gen_mode", 0, s => s.AddressGenerationMode, (s, v) => s.AddressGenerationMode = (byte)v, 0, 1);
        AddDevice6(entries, "router_solicitation_delay", 1, s => s.RouterSolicitationDelay, (s, v) => s.RouterSolicitationDelay = (int)v);
        AddDevice6(
            entries, "router_solicitation_interval", 4, s => s.RouterSolicitationInterval, (s, v) => s.RouterSolicitationInterval = (int)v, 1);
        AddDevice6(
            entries, "router_solicitation_max_interval", 3600,
            s => s.RouterSolicitationMaximumInterval, (s, v) => s.RouterSolicitationMaximumInterval = (int)v, 1);
        AddDevice6(entries, "router_solicitations", -1, s => s.RouterSolicitations, (s, v) => s.RouterSolicitations = (int)v, -1);
        AddDevice6(entries, "force_mld_version", 0, s => s.ForceMldVersion, (s, v) => s.ForceMldVersion = (byte)v, 0, 2);
        AddDevice6(
            entries, "mldv1_unsolicited_report_interval", 10_000,
            s => s.Mldv1UnsolicitedReportInterval, (s, v) => s.Mldv1UnsolicitedReportInterval = (int)v, 1);
        AddDevice6(
            entries, "mldv2_unsolicited_report_interval", 1_000,
            s => s.Mldv2UnsolicitedReportInterval, (s, v) => s.Mldv2UnsolicitedReportInterval = (int)v, 1);
        AddSwitch6(entries, "ndisc_notify", false, s => s.NdiscNotify, (s, v) => s.NdiscNotify = v);
        AddSwitch6(entries, "force_tllao", false, s => s.ForceTargetLinkLayerOption, (s, v) => s.ForceTargetLinkLayerOption = v);
        AddSwitch6(entries, "drop_unsolicited_na", false, s => s.DropUnsolicitedAdvertisements, (s, v) => s.DropUnsolicitedAdvertisements = v);
        AddSwitch6(
            entries, "drop_unicast_in_l2_multicast", false,
            s => s.DropUnicastInLinkLayerMulticastIPv6, (s, v) => s.DropUnicastInLinkLayerMulticastIPv6 = v);
        AddSwitch6(entries, "ndisc_evict_nocarrier", true, s => s.NdiscEvictNoCarrier, (s, v) => s.NdiscEvictNoCarrier = v);
        AddSwitch6(entries, "keep_addr_on_down", false, s => s.KeepAddressesOnDown, (s, v) => s.KeepAddressesOnDown = v);
        AddSwitch6(entries, "suppress_frag_ndisc", true, s => s.SuppressFragmentedNdisc, (s, v) => s.SuppressFragmentedNdisc = v);
        AddSwitch6(entries, "use_oif_addrs_only", false, s => s.UseOutputAddressesOnly, (s, v) => s.UseOutputAddressesOnly = v);
        AddDevice6(entries, "hop_limit", 64, s => s.HopLimit, (s, v) => s.HopLimit = (byte)v, 1, 255);
        entries.Add(new SysctlEntry(
            "net/ipv6/conf/*/mtu", "1280", 1280, 65536,
            static (space, target) => SysctlEntry.Text(target.Device is { } device ? device.IPv6?.Mtu ?? device.Mtu : 1280),
            static (space, target, value) =>
                target.WritableSettings(space).MtuIPv6 = int.Parse(value, CultureInfo.InvariantCulture)));
        entries.Add(OfDevice("net/ipv6/neigh/*/proxy_delay", 80, 0, IntMaximum, s => s.ProxyDelayIPv6, (s, v) => s.ProxyDelayIPv6 = (int)v));
        AddNeighbours(
            entries, "ipv6", new NeighbourParameters { LockTime = 0 }, s => s.NeighboursIPv6, (s, v) => s.NeighboursIPv6 = v);
        AddFixed6(entries);
    }

    private static void AddIPv6Namespace(List<SysctlEntry> entries)
    {
        Add(entries, "net/ipv6/fib_multipath_hash_policy", 0, 0, 1,
            s => s.FibMultipathHashPolicyIPv6, (s, v) => s.FibMultipathHashPolicyIPv6 = (byte)v);
        Add(entries, "net/ipv6/ip_nonlocal_bind", 0, 0, 1, s => s.IpNonlocalBindIPv6 ? 1 : 0, (s, v) => s.IpNonlocalBindIPv6 = v != 0);
        Add(entries, "net/ipv6/anycast_src_echo_reply", 0, 0, 1,
            s => s.AnycastSourceEchoReply ? 1 : 0, (s, v) => s.AnycastSourceEchoReply = v != 0);
        Add(entries, "net/ipv6/icmp/ratelimit", 100, IntMinimum, IntMaximum, s => s.Icmpv6RateLimit, (s, v) => s.Icmpv6RateLimit = (int)v);
        Add(entries, "net/ipv6/icmp/echo_ignore_all", 0, 0, 1, s => s.Icmpv6EchoIgnoreAll ? 1 : 0, (s, v) => s.Icmpv6EchoIgnoreAll = v != 0);
        Add(entries, "net/ipv6/icmp/echo_ignore_multicast", 0, 0, 1,
            s => s.Icmpv6EchoIgnoreMulticast ? 1 : 0, (s, v) => s.Icmpv6EchoIgnoreMulticast = v != 0);
        Add(entries, "net/ipv6/icmp/echo_ignore_anycast", 0, 0, 1,
            s => s.Icmpv6EchoIgnoreAnycast ? 1 : 0, (s, v) => s.Icmpv6EchoIgnoreAnycast = v != 0);
        entries.Add(new SysctlEntry(
            RateMaskPath, "0-1,3-127", 0, 0,
            static (space, _) => TypesText(space.Settings.Icmpv6RateMask),
            static (space, _, value) =>
            {
                if (TryParseTypes(value, out UInt128 types))
                {
                    space.WritableSettings.Icmpv6RateMask = types;
                }
            }));
    }

    private static void AddFixed6(List<SysctlEntry> entries)
    {
        foreach ((string path, string value) in new[]
        {
            ("net/ipv6/conf/*/optimistic_dad", "0"),
            ("net/ipv6/conf/*/use_optimistic", "0"),
            ("net/ipv6/conf/*/use_tempaddr", "0"),
            ("net/ipv6/ip6frag_time", "60"),
            ("net/ipv6/ip6frag_high_thresh", "4194304"),
            ("net/ipv6/max_dst_opts_number", "8"),
            ("net/ipv6/max_hbh_opts_number", "8"),
            ("net/ipv6/bindv6only", "0"),
            ("net/ipv6/route/mtu_expires", "600"),
            ("net/ipv6/route/min_adv_mss", "1220"),
            ("net/ipv6/neigh/default/gc_interval", "30"),
            ("net/ipv6/neigh/default/gc_thresh1", "128"),
            ("net/ipv6/neigh/default/gc_thresh2", "512"),
            ("net/ipv6/neigh/default/gc_thresh3", "1024"),
        })
        {
            entries.Add(new SysctlEntry(path, value, 0, IntMaximum, (_, _) => value, write: null));
        }
    }

    /// <summary>addrconf_fixup_forwarding: "all" reaches every device and "default".</summary>
    private static void SetForwarding(NetworkNamespace space, SysctlTarget target, bool on)
    {
        if (target.IsAll)
        {
            space.SetForwardingIPv6(on);
            return;
        }

        target.WritableSettings(space).ForwardingIPv6 = on;
        if (target.Device is { } device)
        {
            space.IPv6.ForwardingChanged(device, on);
        }
    }

    /// <summary>addrconf_disable_ipv6: "all" reaches every device; addresses go, or the link-local ones come.</summary>
    private static void SetDisabled(NetworkNamespace space, SysctlTarget target, bool disabled)
    {
        target.WritableSettings(space).DisableIPv6 = disabled;
        if (target.IsAll)
        {
            space.WritableSettings.Default.DisableIPv6 = disabled;
        }

        if (!disabled)
        {
            space.IPv6.Enable();
        }

        foreach (NetDevice device in space.Devices)
        {
            if (!target.IsAll && !ReferenceEquals(device, target.Device))
            {
                continue;
            }

            space.WritableSettingsOf(device).DisableIPv6 = disabled;
            space.IPv6.DeviceStateChanged(device);
        }
    }

    private static void AddDevice6(
        List<SysctlEntry> entries, string name, long initial,
        Func<InterfaceSettings, long> read, Action<InterfaceSettings, long> write, long minimum = 0, long maximum = IntMaximum) =>
        entries.Add(OfDevice($"net/ipv6/conf/*/{name}", initial, minimum, maximum, read, write));

    private static void AddSwitch6(
        List<SysctlEntry> entries, string name, bool initial, Func<InterfaceSettings, bool> read, Action<InterfaceSettings, bool> write) =>
        AddDevice6(entries, name, initial ? 1 : 0, s => read(s) ? 1 : 0, (s, v) => write(s, v != 0));

    /// <summary>A bitmap as proc_do_large_bitmap prints it: ranges with commas.</summary>
    private static string TypesText(UInt128 types)
    {
        StringBuilder text = new();
        for (int first = 0; first < 128; first++)
        {
            if ((types >> first & 1) == 0)
            {
                continue;
            }

            int last = first;
            while (last < 127 && (types >> (last + 1) & 1) != 0)
            {
                last++;
            }

            text.Append(text.Length > 0 ? "," : string.Empty).Append(SysctlEntry.Text(first));
            if (last > first)
            {
                text.Append('-').Append(SysctlEntry.Text(last));
            }

            first = last;
        }

        return text.ToString();
    }

    private static bool TryParseTypes(string value, out UInt128 types)
    {
        types = 0;
        foreach (string range in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (!byte.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte first)
                || !byte.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out byte last)
                || ends.Length > 2 || first > last || last > 127)
            {
                return false;
            }

            for (int type = first; type <= last; type++)
            {
                types |= (UInt128)1 << type;
            }
        }

        return true;
    }
}
