using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Show;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Routing;

/// <summary>"show interface [vrf default|all] brief [json]" of zebra (ifs_dump_brief_vty).</summary>
internal static class ShowInterfaceBrief
{
    private const string Head =
        "Interface       Status  VRF             Addresses\n"
        + "---------       ------  ---             ---------\n";

    public static bool IsAsked(string command, out bool json)
    {
        List<string> words = [.. command.Split(' ')];
        json = words[^1] == "json" && words.Remove("json");
        return words is ["show", "interface", "brief"] or ["show", "interface", "vrf", "default" or "all", "brief"];
    }

    public static string Text(NetworkNamespace space)
    {
        StringBuilder text = new(Head);
        foreach (NetDevice device in Sorted(space))
        {
            text.Append(CultureInfo.InvariantCulture, $"{device.Name,-16}{Status(device),-8}{"default",-16}");
            text.AppendJoin($"\n{"",40}", Column(space, device)).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    public static string Json(NetworkNamespace space) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (NetDevice device in Sorted(space))
        {
            json.WriteStartObject(device.Name);
            json.WriteString("status", Status(device));
            json.WriteString("vrfName", "default");
            json.WriteStartArray("addresses");
            foreach (string address in IPv4(space, device).Where(own => !own.IsSecondary).Select(Words)
                .Concat(IPv6(space, device).Where(own => !own.Address.IsLinkLocal).Select(Words)))
            {
                json.WriteStringValue(address);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>
    /// The first address of each IPv4 prefix and the first IPv6 address that is not link-local, with a plus where there are more of the kind.
    /// </summary>
    private static IEnumerable<string> Column(NetworkNamespace space, NetDevice device)
    {
        foreach (IGrouping<Prefix<IPv4Address>, DeviceAddress<IPv4Address>> own in IPv4(space, device).GroupBy(own => own.OnLinkPrefix)
            .OrderBy(own => new InternetPrefix(InternetAddress.From(own.Key.Address), own.Key.Length)))
        {
            yield return Plus(own.Count()) + Words(own.First());
        }

        DeviceAddress<IPv6Address>[] all = [.. IPv6(space, device)];
        if (Array.Find(all, own => !own.Address.IsLinkLocal) is { } first)
        {
            yield return Plus(all.Length) + Words(first);
        }
    }

    private static string Plus(int count) => count > 1 ? "+ " : "";

    private static IEnumerable<NetDevice> Sorted(NetworkNamespace space) => space.Devices.OrderBy(device => device.Name, StringComparer.Ordinal);

    private static string Status(NetDevice device) => device.IsUp ? "up" : "down";

    /// <summary>127.0.0.0/8 and ::1 are nobody's business.</summary>
    private static IEnumerable<DeviceAddress<IPv4Address>> IPv4(NetworkNamespace space, NetDevice device) =>
        space.IPv4.Addresses.Where(own => own.Device == device && !own.Address.IsLoopback);

    /// <summary>Linux has the newest first; zebra hears of them one after the other.</summary>
    private static IEnumerable<DeviceAddress<IPv6Address>> IPv6(NetworkNamespace space, NetDevice device) =>
        space.IPv6.Addresses.Where(own => own.Device == device && !own.Address.IsLoopback).Reverse();

    private static string Words<TAddress>(DeviceAddress<TAddress> own)
        where TAddress : struct, IIPAddress<TAddress> => $"{own.Address}/{own.InterfaceAddress.Length}";
}
