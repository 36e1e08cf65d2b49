using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Devices.Tunnels;

namespace Netemu.Commands.Ip;

/// <summary>What a device's link layer is to `ip link`: the type, the address, and the flags that follow from both.</summary>
internal static class LinkLayerText
{
    /// <summary>The flags of the link layer, between carrier and administrative ones.</summary>
    public static IEnumerable<string> Flags(NetDevice device)
    {
        if (Shape(device) is { Length: > 0 } shape)
        {
            yield return shape;
        }

        if (device.IsMulticast)
        {
            yield return "MULTICAST";
        }

        if (IsNoArp(device))
        {
            yield return "NOARP";
        }

        if (device.IsAllMulticast)
        {
            yield return "ALLMULTI";
        }

        if (device.IsPromiscuous)
        {
            yield return "PROMISC";
        }
    }

    /// <summary>IFF_NOARP: by hand, or as the kind has it. The loopback does without neighbours and without the flag.</summary>
    public static bool IsNoArp(NetDevice device) => device.IsNoArp || !(device.UsesNeighbours || device.IsLoopback);

    private static string Shape(NetDevice device) => device switch
    {
        { IsLoopback: true } => "LOOPBACK",
        TunTapDevice { HasLinkLayer: false } => "POINTOPOINT",
        IPTunnelDevice { HasLinkLayer: false } tunnel => tunnel.Options.Remote.IsUnspecified ? string.Empty : "POINTOPOINT",
        _ => "BROADCAST",
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
