using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vlans;

namespace Netemu.Commands.Ip;

/// <summary>What -d adds to a device: the words of its type, of its bridge port, and the limits of Linux's drivers.</summary>
internal static class LinkDetails
{
    public static void Print(IpPrinter printer, NetDevice device, IpOptions options)
    {
        int promiscuity = device.Promiscuity + (device.Master is null ? 0 : 1);
        printer.Any("promiscuity", promiscuity, $" promiscuity {promiscuity} ");
        int allMulticast = device.Master is null ? 0 : 1;
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
        printer.Any("inet6_addr_gen_mode", "eui64", "addrgenmode eui64 ");
        printer.Any("num_tx_queues", queues, $"numtxqueues {queues} ");
        printer.Any("num_rx_queues", queues, $"numrxqueues {queues} ");
    }

    private static void PrintBridge(IpPrinter printer, BridgeDevice bridge)
    {
        long ageing = bridge.Fdb.AgeingTime.Milliseconds / 10;
        string id = $"8000.{BridgeId(bridge.Mac)}";
        printer.OpenObject("info_data");
        printer.Any("ageing_time", ageing, $"ageing_time {ageing} ");
        printer.Any("stp_state", 0, "stp_state 0 ");
        printer.Any("priority", 32768, "priority 32768 ");
        printer.Any("vlan_filtering", bridge.VlanFiltering ? 1 : 0, $"vlan_filtering {(bridge.VlanFiltering ? 1 : 0)} ");
        printer.Any("bridge_id", id, $"bridge_id {id} ");
        printer.Any("vlan_default_pvid", bridge.DefaultPvid, $"vlan_default_pvid {bridge.DefaultPvid} ");
        printer.Any("mcast_snooping", 0, "mcast_snooping 0 ");
        printer.CloseObject();
    }

    private static void PrintPort(IpPrinter printer, BridgePort port, IpOptions options)
    {
        string state = port.State.ToString().ToLowerInvariant();
        printer.Any("info_slave_kind", "bridge", $"{options.LineBreak}    bridge_slave ");
        printer.OpenObject("info_slave_data");
        printer.Any("state", state, $"state {state} ");
        printer.Any("priority", 32, "priority 32 ");
        printer.Any("cost", 2, "cost 2 ");
        PrintSwitch(printer, "hairpin", port.Hairpin);
        PrintSwitch(printer, "learning", port.Learning);
        PrintSwitch(printer, "flood", port.Flood);
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

    /// <summary>The MAC as br_show_bridge_id prints it: bytes without leading zeros.</summary>
    private static string BridgeId(MacAddress mac)
    {
        string[] bytes = mac.ToString().Split(':');
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = byte.Parse(bytes[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);
        }

        return string.Join(':', bytes);
    }
}
