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
        EthernetDevice or VethDevice or { IsLoopback: true } => LargestOfAll,
        _ => LegacySegmentation,
    };

    private static void PrintBridge(IpPrinter printer, BridgeDevice bridge)
    {
        printer.OpenObject("info_data");
        StpText.PrintBridge(printer, bridge);
        printer.Any("mcast_snooping", 0, "mcast_snooping 0 ");
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
        PrintSwitch(printer, "learning", port.Learning);
        PrintSwitch(printer, "flood", port.Flood);
        StpText.PrintPort(printer, port);
        PrintSwitch(printer, "mcast_flood", port.MulticastFlood);
        PrintSwitch(printer, "bcast_flood", port.BroadcastFlood);
        PrintSwitch(printer, "isolated", port.Isolated);
        printer.CloseObject();
    }

    private static void PrintSwitch(IpPrinter printer, string key, bool value)
    {
        printer.Member(key, value);
        printer.Text($"{key} {(value ? "on" : "off")} ");
    }
}
