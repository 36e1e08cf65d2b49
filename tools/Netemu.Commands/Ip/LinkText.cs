using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Ip;

/// <summary>A device in the words of `ip link` (ip/ipaddress.c): flags, states, names with their peer, counters.</summary>
internal static class LinkText
{
    /// <summary>The flags between angle brackets, in iproute2's order.</summary>
    public static IEnumerable<string> Flags(NetDevice device, bool byIndex = false)
    {
        if (device.IsUp && !device.HasCarrier)
        {
            yield return "NO-CARRIER";
        }

        foreach (string flag in LinkLayerText.Flags(device))
        {
            yield return flag;
        }

        if (device.IsUp)
        {
            yield return "UP";
        }

        if (device.IsRunning)
        {
            yield return "LOWER_UP";
        }

        if (LinkedHere(device, byIndex) is { IsUp: false })
        {
            yield return "M-DOWN";
        }
    }

    /// <summary>What stands behind "state".</summary>
    public static string State(NetDevice device) => device.OperationalState switch
    {
        OperationalState.Unknown => "UNKNOWN",
        OperationalState.Up => "UP",
        OperationalState.LowerLayerDown => "LOWERLAYERDOWN",
        OperationalState.Dormant => "DORMANT",
        _ => "DOWN",
    };

    /// <summary>The queueing discipline: none until the device has been up; a plain fifo on what has a rate.</summary>
    public static string Qdisc(NetDevice device) =>
        !device.IsActivated ? "noop" : device.Egress?.Discipline?.Kind ?? device switch { EthernetDevice => "pfifo", TunTapDevice => "pfifo_fast", _ => "noqueue" };

    /// <summary>The name with what it is linked to: veth0@veth1, eth0@if5, or alone.</summary>
    public static string FullName(NetDevice device, bool byIndex = false) => LinkedTo(device) is { } peer
        ? byIndex && peer.Index == device.Index ? device.Name : $"{device.Name}@{(LinkedHere(device, byIndex)?.Name ?? $"if{peer.Index}")}"
        : device.ShowsLinked ? $"{device.Name}@NONE" : device.Name;

    public static NetDevice? LinkedTo(NetDevice device) => device.Linked;

    /// <summary>
    /// The linked device if it is in the same namespace. Messages of address families have its index and not its namespace
    /// (inet6_fill_ifinfo, br_fill_ifinfo): by <paramref name="byIndex"/>, whoever has that index here, unless it is the device itself.
    /// </summary>
    public static NetDevice? LinkedHere(NetDevice device, bool byIndex = false) => LinkedTo(device) switch
    {
        null => null,
        { } peer when byIndex => peer.Index == device.Index ? null : device.Namespace.Devices.FirstOrDefault(d => d.Index == peer.Index),
        { } peer => ReferenceEquals(peer.Namespace, device.Namespace) ? peer : null,
    };

    /// <summary>The number by which a namespace knows another (netnsid): by the order in which devices lead there.</summary>
    public static int NamespaceId(NetworkNamespace space, NetworkNamespace other) =>
        space.Devices.Select(LinkedTo).OfType<NetDevice>().Select(d => d.Namespace)
            .Where(n => !ReferenceEquals(n, space)).Distinct().ToList().IndexOf(other);

    /// <summary>The first line and, where wanted, the link-layer line of one device.</summary>
    public static void PrintHead(IpPrinter printer, NetDevice device, IpOptions options, bool isAddressShow, bool namesDevice = false)
    {
        // `ip -6 addr` asks the kernel for another kind of message, which has less in it, unless it asks for one device.
        bool isShort = isAddressShow && !namesDevice && options.Family == AddressFamily.IPv6;
        printer.Any("ifindex", device.Index, $"{device.Index}: ");
        PrintLinkMembers(printer, device, isShort);
        printer.Any("ifname", device.Name, $"{FullName(device, isShort)}: ");
        PrintFlags(printer, device, "<", ">", isShort);
        printer.Any("mtu", device.Mtu, $" mtu {device.Mtu} ");
        if (!isShort)
        {
            printer.Any("qdisc", Qdisc(device), $"qdisc {Qdisc(device)} ");
        }

        if (device.Master is not null)
        {
            printer.Any("master", device.Master.Name, $"master {device.Master.Name} ");
        }

        printer.Any("operstate", State(device), $"state {State(device)} ");
        if (!isAddressShow)
        {
            printer.Any("linkmode", "DEFAULT", "mode DEFAULT ");
        }

        if (!isShort)
        {
            string group = LinkGroup.Name(device.Group);
            printer.Any("group", group, $"group {group} ");
        }

        printer.Any("txqlen", device.TransmitQueueLength, $"qlen {device.TransmitQueueLength}");
        if (!isAddressShow || options.Family is null)
        {
            LinkLayerText.Print(printer, device, options.LineBreak);
        }

        if (!isShort)
        {
            PrintNamespace(printer, device);
        }

        if (options.Details)
        {
            LinkDetails.Print(printer, device, options, isAddressShow);
        }

        if ((!isAddressShow || options.Details) && device.Alias is { } alias)
        {
            printer.Text($"{options.LineBreak}    alias ");
            printer.Any("ifalias", alias, alias);
        }
    }

    /// <summary>The one line of -br.</summary>
    public static void PrintBrief(IpPrinter printer, NetDevice device)
    {
        PrintLinkMembers(printer, device);
        printer.Any("ifname", device.Name, FullName(device).PadRight(16) + " ");
        printer.Any("operstate", State(device), State(device).PadRight(14) + " ");
    }

    public static void PrintFlags(IpPrinter printer, NetDevice device, string open, string close, bool byIndex = false)
    {
        printer.OpenArray("flags");
        foreach (string flag in Flags(device, byIndex))
        {
            printer.Element(flag);
        }

        printer.CloseArray();
        printer.Text($"{open}{string.Join(',', Flags(device, byIndex))}{close}");
    }

    /// <summary>The block of -s, or -s -s with the kinds of errors, which the emulation never counts.</summary>
    public static void PrintStatistics(IpPrinter printer, NetDevice device, IpOptions options)
    {
        DeviceCounters c = device.Counters;
        if (printer.IsJson)
        {
            printer.OpenObject("stats64");
            printer.OpenObject("rx");
            PrintMembers(
                printer, ("bytes", c.ReceivedBytes), ("packets", c.ReceivedPackets), ("errors", 0), ("dropped", c.ReceiveDropped), ("over_errors", 0), ("multicast", 0));
            printer.CloseObject();
            printer.OpenObject("tx");
            PrintMembers(
                printer, ("bytes", c.TransmittedBytes), ("packets", c.TransmittedPackets), ("errors", 0), ("dropped", c.TransmitDropped), ("carrier_errors", 0), ("collisions", 0));
            printer.CloseObject();
            printer.CloseObject();
            return;
        }

        string line = options.LineBreak;
        int width = new[] { c.ReceivedBytes, c.TransmittedBytes }.Max(n => n.ToString(CultureInfo.InvariantCulture).Length);
        int bytes = System.Math.Max(width, 6);
        int packets = System.Math.Max(new[] { c.ReceivedPackets, c.TransmittedPackets }.Max(n => n.ToString(CultureInfo.InvariantCulture).Length), 7);
        printer.Text($"{line}    RX: {"bytes".PadLeft(bytes)} {"packets".PadLeft(packets)} errors dropped  missed   mcast           {line}");
        printer.Text($"    {c.ReceivedBytes.ToString().PadLeft(bytes + 4)} {c.ReceivedPackets.ToString().PadLeft(packets)}      0 {c.ReceiveDropped.ToString().PadLeft(7)}       0       0 {line}");
        if (options.Statistics > 1)
        {
            printer.Text($"    RX errors:{"length".PadLeft(bytes + 2)} {"crc".PadLeft(packets - 1)}   frame    fifo overrun{line}");
            printer.Text($"    {"0".PadLeft(bytes + 12)} {"0".PadLeft(packets - 1)}       0       0       0 {line}");
        }

        printer.Text($"    TX: {"bytes".PadLeft(bytes)} {"packets".PadLeft(packets)} errors dropped carrier collsns           {line}");
        printer.Text($"    {c.TransmittedBytes.ToString().PadLeft(bytes + 4)} {c.TransmittedPackets.ToString().PadLeft(packets)}      0 {c.TransmitDropped.ToString().PadLeft(7)}       0       0 ");
        if (options.Statistics > 1)
        {
            printer.Text($"{line}    TX errors:{"aborted".PadLeft(bytes + 2)} {"fifo".PadLeft(packets - 1)}  window heartbt transns{line}");
            printer.Text($"    {"0".PadLeft(bytes + 12)} {"0".PadLeft(packets - 1)}       0       0       0 ");
        }
    }

    private static void PrintMembers(IpPrinter printer, params (string Key, long Value)[] members)
    {
        foreach ((string key, long value) in members)
        {
            printer.Member(key, value);
        }
    }

    /// <summary>JSON has what a device is linked to before its name.</summary>
    public static void PrintLinkMembers(IpPrinter printer, NetDevice device, bool byIndex = false)
    {
        if (LinkedHere(device, byIndex) is { } here)
        {
            printer.Member("link", here.Name);
        }
        else if (LinkedTo(device) is { } there)
        {
            if (byIndex && there.Index == device.Index)
            {
                return;
            }

            printer.Member("link_index", there.Index);
        }
        else if (device.ShowsLinked)
        {
            printer.MemberNull("link");
        }
    }

    private static void PrintNamespace(IpPrinter printer, NetDevice device)
    {
        if (LinkedTo(device) is not { } peer || LinkedHere(device) is not null)
        {
            return;
        }

        int id = NamespaceId(device.Namespace, peer.Namespace);
        printer.Any("link_netnsid", id, peer.Namespace.Name.Length > 0 ? $" link-netns {peer.Namespace.Name}" : $" link-netnsid {id}");
    }
}
