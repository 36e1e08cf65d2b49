using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Topologies.Building;

/// <summary>
/// The sysctls of a namespace by their names: dots or slashes between parts, as sysctl takes them. With slashes a device's
/// name may contain dots.
/// </summary>
public static class SysctlTable
{
    private const string ConfIPv4 = "net/ipv4/conf/";
    private const string ConfIPv6 = "net/ipv6/conf/";
    private const string NeighIPv4 = "net/ipv4/neigh/";

    /// <summary>Writes a value, with the side effects that the kernel gives it (ip_forward sets every device).</summary>
    public static SysctlOutcome Set(NetworkNamespace space, string name, string value)
    {
        string path = Normalize(name);
        string text = value.Trim();
        switch (path)
        {
            case "net/ipv4/ip_forward":
                return SetFlag(text, space.SetForwarding);
            case "net/ipv4/ip_local_port_range":
                return SetPortRange(space, text);
            default:
                break;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return Get(space, name) is null ? SysctlOutcome.UnknownName : SysctlOutcome.BadValue;
        }

        return TryDevice(path, out string prefix, out string device, out string word)
            ? SetDevice(space, prefix, device, word, number)
            : SetNamespace(space.WritableSettings, path, number);
    }

    /// <summary>Reads a value; null for an unknown name.</summary>
    public static string? Get(NetworkNamespace space, string name)
    {
        string path = Normalize(name);
        if (path == "net/ipv4/ip_local_port_range")
        {
            return $"{space.Settings.LocalPortFirst}\t{space.Settings.LocalPortLast}";
        }

        long? number = TryDevice(path, out string prefix, out string device, out string word)
            ? GetDevice(space, prefix, device, word)
            : GetNamespace(space.Settings, path);
        return number?.ToString(CultureInfo.InvariantCulture);
    }

    private static string Normalize(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? name.TrimStart('/').Replace("proc/sys/", string.Empty, StringComparison.Ordinal) : name.Replace('.', '/');

    private static bool TryDevice(string path, out string prefix, out string device, out string word)
    {
        foreach (string candidate in new[] { ConfIPv4, ConfIPv6, NeighIPv4 })
        {
            int last = path.LastIndexOf('/');
            if (path.StartsWith(candidate, StringComparison.Ordinal) && last > candidate.Length)
            {
                prefix = candidate;
                device = path[candidate.Length..last];
                word = path[(last + 1)..];
                return true;
            }
        }

        prefix = device = word = string.Empty;
        return false;
    }

    private static SysctlOutcome SetDevice(NetworkNamespace space, string prefix, string device, string word, long number)
    {
        if (word == "forwarding" && device == "all" && number is 0 or 1)
        {
            if (prefix == ConfIPv4)
            {
                space.SetForwarding(number == 1);
            }
            else
            {
                space.SetForwardingIPv6(number == 1);
            }

            return SysctlOutcome.Done;
        }

        InterfaceSettings[] targets = [.. Targets(space, prefix, device, word, write: true)];
        if (targets.Length == 0)
        {
            return SysctlOutcome.UnknownName;
        }

        foreach (InterfaceSettings target in targets)
        {
            SysctlOutcome outcome = Write(target, prefix, word, number);
            if (outcome != SysctlOutcome.Done)
            {
                return outcome;
            }
        }

        if (prefix == ConfIPv6 && word == "disable_ipv6" && number == 0)
        {
            space.IPv6.Enable();
        }

        return SysctlOutcome.Done;
    }

    /// <summary>disable_ipv6 of "all" is written to every device at once; other words of "all" and "default" stand alone.</summary>
    private static IEnumerable<InterfaceSettings> Targets(NetworkNamespace space, string prefix, string device, string word, bool write)
    {
        if (device == "all")
        {
            yield return write ? space.WritableSettings.All : space.Settings.All;
            if (write && prefix == ConfIPv6 && word == "disable_ipv6")
            {
                yield return space.WritableSettings.Default;
                foreach (NetDevice each in space.Devices)
                {
                    yield return space.WritableSettingsOf(each);
                }
            }
        }
        else if (device == "default")
        {
            yield return write ? space.WritableSettings.Default : space.Settings.Default;
        }
        else if (space.FindDevice(device) is { } found)
        {
            yield return write ? space.WritableSettingsOf(found) : space.SettingsOf(found);
        }
    }

    private static long? GetDevice(NetworkNamespace space, string prefix, string device, string word)
    {
        InterfaceSettings? settings = Targets(space, prefix, device, word, write: false).FirstOrDefault();
        return settings is null ? null : Read(settings, prefix, word);
    }

    private static SysctlOutcome Write(InterfaceSettings s, string prefix, string word, long number)
    {
        byte small = (byte)number;
        bool flag = number != 0;
        if (number is < 0 or > int.MaxValue)
        {
            return Read(s, prefix, word) is null ? SysctlOutcome.UnknownName : SysctlOutcome.BadValue;
        }

        switch (prefix + word)
        {
            case ConfIPv4 + "forwarding": s.Forwarding = flag; break;
            case ConfIPv4 + "rp_filter" when number <= 2: s.ReversePathFilter = small; break;
            case ConfIPv4 + "arp_ignore" when number <= 8: s.ArpIgnore = small; break;
            case ConfIPv4 + "arp_announce" when number <= 2: s.ArpAnnounce = small; break;
            case ConfIPv4 + "arp_accept" when number <= 2: s.ArpAccept = small; break;
            case ConfIPv4 + "arp_filter": s.ArpFilter = flag; break;
            case ConfIPv4 + "arp_notify": s.ArpNotify = flag; break;
            case ConfIPv4 + "proxy_arp": s.ProxyArp = flag; break;
            case ConfIPv4 + "accept_local": s.AcceptLocal = flag; break;
            case ConfIPv4 + "route_localnet": s.RouteLocalnet = flag; break;
            case ConfIPv4 + "send_redirects": s.SendRedirects = flag; break;
            case ConfIPv4 + "accept_redirects": s.AcceptRedirects = flag; break;
            case ConfIPv4 + "secure_redirects": s.SecureRedirects = flag; break;
            case ConfIPv4 + "drop_unicast_in_l2_multicast": s.DropUnicastInLinkLayerMulticast = flag; break;
            case ConfIPv4 + "bc_forwarding": s.BroadcastForwarding = flag; break;
            case NeighIPv4 + "proxy_delay": s.ProxyDelay = (int)number; break;
            case ConfIPv6 + "disable_ipv6": s.DisableIPv6 = flag; break;
            case ConfIPv6 + "forwarding": s.ForwardingIPv6 = flag; break;
            case ConfIPv6 + "proxy_ndp": s.ProxyNdp = flag; break;
            case ConfIPv6 + "accept_dad" when number <= 2: s.AcceptDad = small; break;
            case ConfIPv6 + "dad_transmits": s.DadTransmits = (int)number; break;
            case ConfIPv6 + "accept_ra" when number <= 2: s.AcceptRa = small; break;
            case ConfIPv6 + "hop_limit" when number is >= 1 and <= 255: s.HopLimit = small; break;
            default:
                return Read(s, prefix, word) is null ? SysctlOutcome.UnknownName : SysctlOutcome.BadValue;
        }

        return SysctlOutcome.Done;
    }

    private static long? Read(InterfaceSettings s, string prefix, string word) => (prefix + word) switch
    {
        ConfIPv4 + "forwarding" => s.Forwarding ? 1 : 0,
        ConfIPv4 + "rp_filter" => s.ReversePathFilter,
        ConfIPv4 + "arp_ignore" => s.ArpIgnore,
        ConfIPv4 + "arp_announce" => s.ArpAnnounce,
        ConfIPv4 + "arp_accept" => s.ArpAccept,
        ConfIPv4 + "arp_filter" => s.ArpFilter ? 1 : 0,
        ConfIPv4 + "arp_notify" => s.ArpNotify ? 1 : 0,
        ConfIPv4 + "proxy_arp" => s.ProxyArp ? 1 : 0,
        ConfIPv4 + "accept_local" => s.AcceptLocal ? 1 : 0,
        ConfIPv4 + "route_localnet" => s.RouteLocalnet ? 1 : 0,
        ConfIPv4 + "send_redirects" => s.SendRedirects ? 1 : 0,
        ConfIPv4 + "accept_redirects" => s.AcceptRedirects ? 1 : 0,
        ConfIPv4 + "secure_redirects" => s.SecureRedirects ? 1 : 0,
        ConfIPv4 + "drop_unicast_in_l2_multicast" => s.DropUnicastInLinkLayerMulticast ? 1 : 0,
        ConfIPv4 + "bc_forwarding" => s.BroadcastForwarding ? 1 : 0,
        NeighIPv4 + "proxy_delay" => s.ProxyDelay,
        ConfIPv6 + "disable_ipv6" => s.DisableIPv6 ? 1 : 0,
        ConfIPv6 + "forwarding" => s.ForwardingIPv6 ? 1 : 0,
        ConfIPv6 + "proxy_ndp" => s.ProxyNdp ? 1 : 0,
        ConfIPv6 + "accept_dad" => s.AcceptDad,
        ConfIPv6 + "dad_transmits" => s.DadTransmits,
        ConfIPv6 + "accept_ra" => s.AcceptRa,
        ConfIPv6 + "hop_limit" => s.HopLimit,
        _ => null,
    };

    private static SysctlOutcome SetNamespace(NamespaceSettings s, string path, long number)
    {
        byte small = (byte)number;
        bool flag = number != 0;
        if (GetNamespace(s, path) is null)
        {
            return SysctlOutcome.UnknownName;
        }

        switch (path)
        {
            case "net/ipv4/ip_default_ttl" when number is >= 1 and <= 255: s.IPv4DefaultTtl = small; break;
            case "net/ipv4/icmp_echo_ignore_all": s.IcmpEchoIgnoreAll = flag; break;
            case "net/ipv4/icmp_echo_ignore_broadcasts": s.IcmpEchoIgnoreBroadcasts = flag; break;
            case "net/ipv4/icmp_ratelimit" when number is >= 0 and <= int.MaxValue: s.IcmpRateLimit = (int)number; break;
            case "net/ipv4/icmp_ratemask" when number is >= 0 and <= uint.MaxValue: s.IcmpRateMask = (uint)number; break;
            case "net/ipv4/icmp_errors_use_inbound_ifaddr": s.IcmpErrorsUseInboundAddress = flag; break;
            case "net/ipv4/ip_no_pmtu_disc" when number is >= 0 and <= 3: s.IpNoPmtuDiscovery = small; break;
            case "net/ipv4/ip_forward_use_pmtu": s.IpForwardUsePmtu = flag; break;
            case "net/ipv4/fib_multipath_hash_policy" when number is >= 0 and <= 3: s.FibMultipathHashPolicy = small; break;
            case "net/ipv6/fib_multipath_hash_policy" when number is >= 0 and <= 3: s.FibMultipathHashPolicyIPv6 = small; break;
            case "net/ipv4/ip_nonlocal_bind": s.IpNonlocalBind = flag; break;
            case "net/ipv4/ip_unprivileged_port_start" when number is >= 0 and <= 65535: s.UnprivilegedPortStart = (int)number; break;
            case "net/bridge/bridge-nf-call-iptables": s.BridgeNetfilterCallIptables = flag; break;
            case "net/bridge/bridge-nf-call-ip6tables": s.BridgeNetfilterCallIp6tables = flag; break;
            default:
                return SysctlOutcome.BadValue;
        }

        return SysctlOutcome.Done;
    }

    private static long? GetNamespace(NamespaceSettings s, string path) => path switch
    {
        "net/ipv4/ip_forward" => s.All.Forwarding ? 1 : 0,
        "net/ipv4/ip_default_ttl" => s.IPv4DefaultTtl,
        "net/ipv4/icmp_echo_ignore_all" => s.IcmpEchoIgnoreAll ? 1 : 0,
        "net/ipv4/icmp_echo_ignore_broadcasts" => s.IcmpEchoIgnoreBroadcasts ? 1 : 0,
        "net/ipv4/icmp_ratelimit" => s.IcmpRateLimit,
        "net/ipv4/icmp_ratemask" => s.IcmpRateMask,
        "net/ipv4/icmp_errors_use_inbound_ifaddr" => s.IcmpErrorsUseInboundAddress ? 1 : 0,
        "net/ipv4/ip_no_pmtu_disc" => s.IpNoPmtuDiscovery,
        "net/ipv4/ip_forward_use_pmtu" => s.IpForwardUsePmtu ? 1 : 0,
        "net/ipv4/fib_multipath_hash_policy" => s.FibMultipathHashPolicy,
        "net/ipv6/fib_multipath_hash_policy" => s.FibMultipathHashPolicyIPv6,
        "net/ipv4/ip_nonlocal_bind" => s.IpNonlocalBind ? 1 : 0,
        "net/ipv4/ip_unprivileged_port_start" => s.UnprivilegedPortStart,
        "net/bridge/bridge-nf-call-iptables" => s.BridgeNetfilterCallIptables ? 1 : 0,
        "net/bridge/bridge-nf-call-ip6tables" => s.BridgeNetfilterCallIp6tables ? 1 : 0,
        _ => null,
    };

    private static SysctlOutcome SetFlag(string text, Action<bool> set)
    {
        if (text is not ("0" or "1"))
        {
            return SysctlOutcome.BadValue;
        }

        set(text == "1");
        return SysctlOutcome.Done;
    }

    private static SysctlOutcome SetPortRange(NetworkNamespace space, string text)
    {
        string[] parts = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2
            || !ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || first > last)
        {
            return SysctlOutcome.BadValue;
        }

        space.WritableSettings.LocalPortFirst = first;
        space.WritableSettings.LocalPortLast = last;
        return SysctlOutcome.Done;
    }
}
