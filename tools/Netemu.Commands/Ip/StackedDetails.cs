using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Devices.Macvlan;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Devices.Vxlan;

namespace Netemu.Commands.Ip;

/// <summary>The words of -d for devices that stand on others, and for tunnels, as their files in iproute2 print them.</summary>
internal static class StackedDetails
{
    /// <summary>Prints what follows the kind; nothing for kinds that have no words.</summary>
    public static void Print(IpPrinter printer, NetDevice device)
    {
        switch (device)
        {
            case VxlanDevice vxlan:
                printer.OpenObject("info_data");
                PrintVxlan(printer, vxlan);
                printer.CloseObject();
                break;
            case MacvlanDevice macvlan:
                printer.OpenObject("info_data");
                PrintMacvlan(printer, macvlan);
                printer.CloseObject();
                break;
            case IpvlanDevice ipvlan:
                string isolation = ipvlan.Isolation.ToString().ToLowerInvariant();
                printer.OpenObject("info_data");
                printer.Any("mode", ipvlan.Mode.ToString().ToLowerInvariant(), $" mode {ipvlan.Mode.ToString().ToLowerInvariant()} ");
                printer.Member(isolation, true);
                printer.Text($"{isolation} ");
                printer.CloseObject();
                break;
            case VlanDevice vlan:
                printer.OpenObject("info_data");
                PrintVlan(printer, vlan);
                printer.CloseObject();
                break;
            case IPTunnelDevice tunnel:
                printer.OpenObject("info_data");
                TunnelText.PrintDetails(printer, tunnel);
                printer.CloseObject();
                break;
            case TunTapDevice tun:
                printer.OpenObject("info_data");
                PrintTun(printer, tun);
                printer.CloseObject();
                break;
            default:
                break;
        }
    }

    private static void PrintVxlan(IpPrinter printer, VxlanDevice device)
    {
        VxlanOptions o = device.Options;
        printer.Any("id", o.Vni, $"id {o.Vni} ");
        string suffix = o.IsIPv6 ? "6" : string.Empty;
        if (!o.Remote.IsNone)
        {
            bool isGroup = o.Remote.IsIPv4 ? o.Remote.IPv4.IsMulticast : o.Remote.IPv6.IsMulticast;
            string word = isGroup ? "group" : "remote";
            printer.Any(word + suffix, o.Remote.ToString(), $"{word} {o.Remote} ");
        }

        if (!o.Local.IsNone)
        {
            printer.Any("local" + suffix, o.Local.ToString(), $"local {o.Local} ");
        }

        if (o.Lower is not null)
        {
            printer.Any("link", o.Lower.Name, $"dev {o.Lower.Name} ");
        }

        printer.OpenObject("port_range");
        printer.Any("low", o.SourcePortFirst, $"srcport {o.SourcePortFirst} ");
        printer.Any("high", o.SourcePortLast, $"{o.SourcePortLast} ");
        printer.CloseObject();
        printer.Any("port", o.DestinationPort, $"dstport {o.DestinationPort} ");
        printer.Member("learning", o.Learning);
        printer.Text(o.Learning ? string.Empty : "nolearning ");
        PrintIf(printer, "proxy", o.Proxy);
        PrintIf(printer, "l2miss", o.L2Miss);
        PrintIf(printer, "l3miss", o.L3Miss);
        if (o.TypeOfService > 0)
        {
            string tos = $"0x{o.TypeOfService.ToString("x", CultureInfo.InvariantCulture)}";
            printer.Any("tos", tos, o.TypeOfService == 1 ? "tos inherit " : $"tos {tos} ");
        }

        if (o.InheritsTtl)
        {
            printer.Any("ttl", "inherit", "ttl inherit ");
        }
        else
        {
            printer.Any("ttl", o.Ttl, o.Ttl == 0 ? "ttl auto " : $"ttl {o.Ttl} ");
        }

        string df = o.DontFragment.ToString().ToLowerInvariant();
        printer.Any("df", df, o.DontFragment == VxlanDontFragment.Unset ? string.Empty : $"df {df} ");
        long ageing = o.Ageing.Milliseconds / 1000;
        printer.Any("ageing", ageing, o.Ageing == Duration.Zero ? "ageing none " : $"ageing {ageing} ");
        if (o.MaximumAddresses > 0)
        {
            printer.Any("limit", o.MaximumAddresses, $"maxaddr {o.MaximumAddresses} ");
        }

        PrintSwitch(printer, "udp_csum", "udpcsum", o.UdpChecksum);
        PrintSwitch(printer, "udp_zero_csum6_tx", "udp6zerocsumtx", o.Udp6ZeroChecksumSent);
        PrintSwitch(printer, "udp_zero_csum6_rx", "udp6zerocsumrx", o.Udp6ZeroChecksumTaken);
    }

    private static void PrintMacvlan(IpPrinter printer, MacvlanDevice device)
    {
        string mode = MacvlanRequest.WordFor(device.Mode);
        printer.Any("mode", mode, $"mode {mode} ");
        printer.Any("bcqueuelen", 1000, "bcqueuelen 1000 ");
        printer.Any("usedbcqueuelen", 1000, "usedbcqueuelen 1000 ");
        if (device.Sources.Count == 0)
        {
            return;
        }

        printer.Any("macaddr_count", device.Sources.Count, $"remotes ({device.Sources.Count}) ");
        printer.OpenArray("macaddr_data");
        foreach (MacAddress sender in device.Sources)
        {
            printer.Element(sender.ToString());
            printer.Text($"{sender} ");
        }

        printer.CloseArray();
    }

    private static void PrintVlan(IpPrinter printer, VlanDevice device)
    {
        string protocol = device.Protocol == EtherType.ServiceVlan ? "802.1ad" : "802.1Q";
        printer.Any("protocol", protocol, $"protocol {protocol} ");
        printer.Any("id", device.Id, $"id {device.Id} ");
        string[] flags = device.IsLoose ? ["REORDER_HDR", "LOOSE_BINDING"] : ["REORDER_HDR"];
        printer.OpenArray("flags");
        foreach (string flag in flags)
        {
            printer.Element(flag);
        }

        printer.CloseArray();
        printer.Text($"<{string.Join(',', flags)}> ");
    }

    private static void PrintTun(IpPrinter printer, TunTapDevice device)
    {
        string mode = device.Mode.ToString().ToLowerInvariant();
        printer.Any("type", mode, $"type {mode} ");
        printer.Member("pi", false);
        printer.Text("pi off ");
        printer.Member("vnet_hdr", false);
        printer.Text("vnet_hdr off ");
        printer.Member("multi_queue", false);
        printer.Member("persist", true);
        printer.Text("persist on ");
    }

    private static void PrintIf(IpPrinter printer, string word, bool value)
    {
        if (value)
        {
            printer.Member(word, true);
            printer.Text($"{word} ");
        }
    }

    private static void PrintSwitch(IpPrinter printer, string key, string word, bool value)
    {
        printer.Member(key, value);
        printer.Text($"{(value ? string.Empty : "no")}{word} ");
    }
}
