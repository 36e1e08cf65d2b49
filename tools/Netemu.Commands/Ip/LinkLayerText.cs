using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Devices.Tunnels;

namespace Netemu.Commands.Ip;

/// <summary>What a device's link layer is to `ip link`: the type, the address, and the flags that follow from both.</summary>
internal static class LinkLayerText
{
    /// <summary>The flags of the device's kind, between carrier and administrative ones.</summary>
    public static IEnumerable<string> Flags(NetDevice device) => device switch
    {
        { IsLoopback: true } => ["LOOPBACK"],
        DummyDevice => ["BROADCAST", "NOARP"],
        TunTapDevice { HasLinkLayer: false } => ["POINTOPOINT", "MULTICAST", "NOARP"],
        IPTunnelDevice { HasLinkLayer: false } tunnel => tunnel.Options.Remote.IsUnspecified ? ["NOARP"] : ["POINTOPOINT", "NOARP"],
        IpvlanDevice { UsesNeighbours: false } => ["BROADCAST", "MULTICAST", "NOARP"],
        _ => ["BROADCAST", "MULTICAST"],
    };

    /// <summary>The second line: link/TYPE with the addresses.</summary>
    public static void Print(IpPrinter printer, NetDevice device, string lineBreak)
    {
        printer.Text(lineBreak);
        switch (device)
        {
            case TunTapDevice { HasLinkLayer: false }:
                printer.Any("link_type", "none", "    link/none ");
                break;
            case IPTunnelDevice { HasLinkLayer: false } tunnel:
                string word = tunnel.Options.Remote.IsUnspecified ? "brd" : "peer";
                printer.Any("link_type", tunnel.Kind, $"    link/{tunnel.Kind} ");
                printer.Any("address", tunnel.Options.Local.ToString(), tunnel.Options.Local.ToString());
                if (word == "peer")
                {
                    printer.Member("link_pointtopoint", true);
                }

                printer.Any("broadcast", tunnel.Options.Remote.ToString(), $" {word} {tunnel.Options.Remote}");
                break;
            default:
                string type = device.IsLoopback ? "loopback" : "ether";
                string broadcast = device.IsLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff";
                printer.Any("link_type", type, $"    link/{type} ");
                printer.Any("address", device.Mac.ToString(), device.Mac.ToString());
                printer.Any("broadcast", broadcast, $" brd {broadcast}");
                break;
        }
    }

    /// <summary>The address of -br, "" for none.</summary>
    public static string Address(NetDevice device) => device switch
    {
        TunTapDevice { HasLinkLayer: false } => string.Empty,
        IPTunnelDevice { HasLinkLayer: false } tunnel => tunnel.Options.Local.ToString(),
        _ => device.Mac.ToString(),
    };
}
