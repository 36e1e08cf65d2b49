using System.Globalization;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;

namespace Netemu.Commands.Ip;

/// <summary>
/// Spanning tree in the words of `ip -d link` (ip/iplink_bridge.c, iplink_bridge_slave.c). A bridge that has never run it
/// shows what the kernel's would: itself as root.
/// </summary>
internal static class StpText
{
    public static void PrintBridge(IpPrinter printer, BridgeDevice bridge)
    {
        SpanningTree? tree = bridge.SpanningTreeOrNull;
        BridgeId id = tree?.Id ?? new BridgeId(32_768, bridge.Mac);
        PrintNumber(printer, "forward_delay", Ticks(tree?.ForwardDelay ?? Duration.FromSeconds(15)));
        PrintNumber(printer, "hello_time", Ticks(tree?.HelloTime ?? Duration.FromSeconds(2)));
        PrintNumber(printer, "max_age", Ticks(tree?.MaximumAge ?? Duration.FromSeconds(20)));
        PrintNumber(printer, "ageing_time", Ticks(bridge.Fdb.AgeingTime));
        PrintNumber(printer, "stp_state", tree is { IsEnabled: true } ? 1 : 0);
        PrintNumber(printer, "priority", id.Priority);
        PrintNumber(printer, "vlan_filtering", bridge.VlanFiltering ? 1 : 0);
        printer.Any("bridge_id", id.ToString(), $"bridge_id {id} ");
        BridgeId root = tree?.DesignatedRoot ?? id;
        printer.Any("root_id", root.ToString(), $"designated_root {root} ");
        PrintNumber(printer, "root_port", tree?.RootPort ?? 0);
        PrintNumber(printer, "root_path_cost", tree?.RootPathCost ?? 0);
        PrintNumber(printer, "topology_change", tree is { TopologyChange: true } ? 1 : 0);
        PrintNumber(printer, "topology_change_detected", tree is { TopologyChangeDetected: true } ? 1 : 0);
        PrintTimer(printer, "hello_timer", tree?.HelloTimer ?? default);
        PrintTimer(printer, "tcn_timer", tree?.NotificationTimer ?? default);
        PrintTimer(printer, "topology_change_timer", tree?.TopologyChangeTimer ?? default);
        PrintTimer(printer, "gc_timer", bridge.Fdb.CollectionTimer);
    }

    public static void PrintPort(IpPrinter printer, BridgePort port)
    {
        BridgeId self = new(32_768, port.Bridge.Mac);
        ushort own = (ushort)((port.Priority << 10) | port.Number);
        SpanningTree? tree = port.Bridge.SpanningTreeOrNull;
        (ushort id, BridgeId root, uint cost, BridgeId bridge, ushort designated) = tree?.Describe(port) ?? (own, self, 0, self, own);
        (Duration hold, Duration age, Duration delay) = tree?.Timers(port) ?? default;
        (bool acknowledges, bool pending) = tree?.Pending(port) ?? default;
        string hex = $"0x{id:x}";
        string number = $"0x{port.Number:x}";
        printer.Any("id", hex, $"port_id {hex} ");
        printer.Any("no", number, $"port_no {number} ");
        PrintNumber(printer, "designated_port", designated);
        PrintNumber(printer, "designated_cost", cost);
        printer.Any("bridge_id", bridge.ToString(), $"designated_bridge {bridge} ");
        printer.Any("root_id", root.ToString(), $"designated_root {root} ");
        PrintTimer(printer, "hold_timer", hold);
        PrintTimer(printer, "message_age_timer", age);
        PrintTimer(printer, "forward_delay_timer", delay);
        PrintNumber(printer, "topology_change_ack", acknowledges ? 1 : 0);
        PrintNumber(printer, "config_pending", pending ? 1 : 0);
    }

    private static long Ticks(Duration time) => time.Milliseconds / 10;

    private static void PrintNumber(IpPrinter printer, string key, long value) => printer.Any(key, value, $"{key} {value} ");

    private static void PrintTimer(IpPrinter printer, string key, Duration time)
    {
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{time.Milliseconds / 1000}.{time.Milliseconds / 10 % 100:d2}");
        printer.Text($"{key} {seconds,7} ");
        printer.MemberRaw(key, seconds);
    }
}
