using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Devices.Macvlan;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vlans;

namespace Netemu.Commands.Ip;

/// <summary>What -d adds to a device: the words of its type, of its bridge port, and the limits of Linux's drivers.</summary>
internal static class LinkDetails
{
    // GSO_LEGACY_MAX_SIZE, GSO_MAX_SEGS and GSO_MAX_SIZE of include/linux/netdevice.h.
    private const int LegacySegmentation = 65536;
    private const int MostSegments = 65535;
    private const int LargestOfAll = 8 * 65535;

    private static readonly ImmutableArray<(string Key, string Word, int Value)> _snooping =
    [
        ("mcast_vlan_snooping", "mcast_vlan_snooping", 0),
        ("mcast_router", "mcast_router", 1),
        ("mcast_query_use_ifaddr", "mcast_query_use_ifaddr", 0),
        ("mcast_querier", "mcast_querier", 0),
        ("mcast_hash_elasticity", "mcast_hash_elasticity", 16),
        ("mcast_hash_max", "mcast_hash_max", 4096),
        ("mcast_last_member_cnt", "mcast_last_member_count", 2),
        ("mcast_startup_query_cnt", "mcast_startup_query_count", 2),
        ("mcast_last_member_intvl", "mcast_last_member_interval", 100),
        ("mcast_membership_intvl", "mcast_membership_interval", 26000),
        ("mcast_querier_intvl", "mcast_querier_interval", 25500),
        ("mcast_query_intvl", "mcast_query_interval", 12500),
        ("mcast_query_response_intvl", "mcast_query_response_interval", 1000),
        ("mcast_startup_query_intvl", "mcast_startup_query_interval", 3124),
        ("mcast_stats_enabled", "mcast_stats_enabled", 0),
        ("mcast_igmp_version", "mcast_igmp_version", 2),
        ("mcast_mld_version", "mcast_mld_version", 1),
        ("nf_call_iptables", "nf_call_iptables", 0),
        ("nf_call_ip6tables", "nf_call_ip6tables", 0),
        ("nf_call_arptables", "nf_call_arptables", 0),
    ];

    public static void Print(IpPrinter printer, NetDevice device, IpOptions options, bool isAddressShow)
    {
        int promiscuity = device.Promiscuity + (device.Master is null ? 0 : 1);
        printer.Any("promiscuity", promiscuity, $" promiscuity {promiscuity} ");
        int allMulticast = (device.IsAllMulticast ? 1 : 0) + (device.Master is null ? 0 : 1);
        printer.Any("allmulti", allMulticast, $" allmulti {allMulticast} ");
        int minimum = device.IsLoopback || device is DummyDevice or IPTunnelDevice or VlanDevice ? 0 : 68;
        int maximum = device.IsLoopback || device is DummyDevice or IPTunnelDevice ? 0 : 65535;
        printer.Any("min_mtu", minimum, $"minmtu {minimum} ");
        printer.Any("max_mtu", maximum, $"maxmtu {maximum} ");
        if (device.Kind.Length > 0)
        {
            printer.OpenObject("linkinfo");
            printer.Any("info_kind", device.Kind, $"{options.LineBreak}    {device.Kind} ");
            if (device is BridgeDevice bridge)
            {
                PrintBridge(printer, bridge);
            }
            else
            {
                StackedDetails.Print(printer, device);
            }

            if ((device.Master as BridgeDevice)?.FindPort(device) is { } port)
            {
                PrintPort(printer, port, options);
            }

            printer.CloseObject();
        }

        int queues = device is VethDevice ? 2 : 1;
        if (!isAddressShow)
        {
            printer.Any("inet6_addr_gen_mode", "eui64", "addrgenmode eui64 ");
        }

        printer.Any("num_tx_queues", queues, $"numtxqueues {queues} ");
        printer.Any("num_rx_queues", queues, $"numrxqueues {queues} ");
        printer.Any("gso_max_size", LegacySegmentation, $"gso_max_size {LegacySegmentation} ");
        printer.Any("gso_max_segs", MostSegments, $"gso_max_segs {MostSegments} ");
        printer.Any("tso_max_size", LargestSegmentation(device), $"tso_max_size {LargestSegmentation(device)} ");
        printer.Any("tso_max_segs", MostSegments, $"tso_max_segs {MostSegments} ");
        printer.Any("gro_max_size", LegacySegmentation, $"gro_max_size {LegacySegmentation} ");
    }

    /// <summary>netif_set_tso_max_size: what stands on a device has what that has (netif_inherit_tso_max).</summary>
    private static int LargestSegmentation(NetDevice device) => device switch
    {
        MacvlanDevice or IpvlanDevice or VlanDevice when device.Linked is { } lower => LargestSegmentation(lower),
        EthernetDevice or VethDevice or BridgeDevice or { IsLoopback: true } => LargestOfAll,
        _ => LegacySegmentation,
    };

    private static void PrintBridge(IpPrinter printer, BridgeDevice bridge)
    {
        printer.OpenObject("info_data");
        StpText.PrintBridge(printer, bridge);
        PrintGroupMask(printer, bridge.GroupForwardMask);
        printer.Any("group_addr", "01:80:c2:00:00:00", "group_address 01:80:c2:00:00:00 ");

        // Nothing is snooped; what would be said of it are the kernel's defaults.
        printer.Any("mcast_snooping", 0, "mcast_snooping 0 ");
        int noLearn = bridge.NoLinkLocalLearn ? 1 : 0;
        printer.Any("no_linklocal_learn", noLearn, $"no_linklocal_learn {noLearn} ");
        foreach ((string key, string word, int value) in _snooping)
        {
            printer.Any(key, value, $"{word} {value} ");
        }

        printer.CloseObject();
    }

    private static void PrintPort(IpPrinter printer, BridgePort port, IpOptions options)
    {
        string state = port.State.ToString().ToLowerInvariant();
        printer.Any("info_slave_kind", "bridge", $"{options.LineBreak}    bridge_slave ");
        printer.OpenObject("info_slave_data");
        printer.Any("state", state, $"state {state} ");
        printer.Any("priority", port.Priority, $"priority {port.Priority} ");
        printer.Any("cost", port.Cost, $"cost {port.Cost} ");
        PrintSwitch(printer, "hairpin", port.Hairpin);
        PrintSwitch(printer, "guard", port.BpduGuard);
        PrintSwitch(printer, "root_block", port.RootBlock);
        PrintSwitch(printer, "fastleave", false);
        PrintSwitch(printer, "learning", port.Learning);
        PrintSwitch(printer, "flood", port.Flood);
        StpText.PrintPort(printer, port);
        PrintSwitch(printer, "proxy_arp", false);
        PrintSwitch(printer, "proxy_arp_wifi", false);
        printer.Any("multicast_router", 1, "mcast_router 1 ");
        printer.Text("mcast_fast_leave off ");
        PrintSwitch(printer, "mcast_flood", port.MulticastFlood);
        PrintSwitch(printer, "bcast_flood", port.BroadcastFlood);
        PrintSwitch(printer, "mcast_to_unicast", false);
        PrintSwitch(printer, "neigh_suppress", false);
        PrintGroupMask(printer, port.GroupForwardMask);
        string names = GroupNames(port.GroupForwardMask);
        printer.Any("group_fwd_mask_str", names, $"group_fwd_mask_str {names} ");
        PrintSwitch(printer, "vlan_tunnel", false);
        PrintSwitch(printer, "isolated", port.Isolated);
        PrintSwitch(printer, "locked", port.Locked);
        printer.CloseObject();
    }

    private static void PrintGroupMask(IpPrinter printer, ushort mask)
    {
        string text = mask == 0 ? "0" : $"0x{mask:x}";
        printer.Any("group_fwd_mask", text, $"group_fwd_mask {text} ");
    }

    /// <summary>The groups of a mask by their protocols, those without a name as numbers (_bitmask2str).</summary>
    private static string GroupNames(ushort mask)
    {
        List<string> names = [];
        for (int bit = 0; bit < 16; bit++)
        {
            if ((mask >> bit & 1) != 0)
            {
                names.Add(bit switch { 0 => "stp", 2 => "lacp", 14 => "lldp", _ => $"0x{1 << bit:x}" });
            }
        }

        return names.Count == 0 ? "0x0" : string.Join(',', names);
    }

    private static void PrintSwitch(IpPrinter printer, string key, bool value)
    {
        printer.Member(key, value);
        printer.Text($"{key} {(value ? "on" : "off")} ");
    }
}
