using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices.Tunnels;

namespace Netemu.Commands.Ip;

/// <summary>A tunnel in the words of `ip -d link` (ip/link_iptnl.c, link_gre.c) and of `ip tunnel show` (ip/iptunnel.c).</summary>
internal static class TunnelText
{
    public static void PrintDetails(IpPrinter printer, IPTunnelDevice tunnel)
    {
        IPTunnelOptions o = tunnel.Options;
        bool isGre = tunnel is GreDevice;
        if (!isGre)
        {
            // tunl0 and sit0 take any protocol; what is made by hand says which.
            string protocol = tunnel.IsFallback && tunnel.Kind == "ipip" ? "any" : tunnel.Kind == "sit" ? "ip6ip" : "ipip";
            printer.Any("proto", protocol, $"{protocol} ");
        }

        printer.Any("remote", Endpoint(o.Remote), $"remote {Endpoint(o.Remote)} ");
        printer.Any("local", Endpoint(o.Local), $"local {Endpoint(o.Local)} ");
        if (o.Link is not null)
        {
            printer.Any("link", o.Link.Name, $"dev {o.Link.Name} ");
        }

        printer.Any("ttl", o.Ttl, o.Ttl == 0 ? "ttl inherit " : $"ttl {o.Ttl} ");
        if (o.TypeOfService != 0)
        {
            string tos = $"0x{o.TypeOfService.ToString("x", CultureInfo.InvariantCulture)}";
            printer.Any("tos", tos, o.TypeOfService == 1 ? "tos inherit " : $"tos {tos} ");
        }

        printer.Member("pmtudisc", o.PathMtuDiscovery);
        printer.Text(!o.PathMtuDiscovery ? "nopmtudisc " : isGre ? string.Empty : "pmtudisc ");
        if (o.IgnoreDontFragment)
        {
            printer.Member("ignore_df", true);
            printer.Text("ignore-df ");
        }

        PrintKeys(printer, o);
        if (tunnel is SitDevice)
        {
            printer.Any("6rd-prefix", "2002::/16", "6rd-prefix 2002::/16 ");
        }
    }

    /// <summary>One line of `ip tunnel show`.</summary>
    public static string Describe(IPTunnelDevice tunnel)
    {
        IPTunnelOptions o = tunnel.Options;
        string mode = tunnel.Kind switch
        {
            "ipip" => tunnel.IsFallback ? "any/ip" : "ip/ip",
            "sit" => "ipv6/ip",
            _ => "gre/ip",
        };
        string text = $"{tunnel.Name}: {mode} remote {Endpoint(o.Remote)} local {Endpoint(o.Local)}";
        text += o.Link is null ? string.Empty : $" dev {o.Link.Name}";
        text += o.Ttl == 0 ? " ttl inherit" : $" ttl {o.Ttl}";
        text += o.TypeOfService switch
        {
            0 => string.Empty,
            1 => " tos inherit",
            _ => $" tos 0x{o.TypeOfService.ToString("x", CultureInfo.InvariantCulture)}",
        };
        text += o.PathMtuDiscovery ? string.Empty : " nopmtudisc";
        if (o.InputKey is { } both && o.OutputKey == both)
        {
            return $"{text} key {both}";
        }

        text += o.InputKey is { } input ? $" ikey {input}" : string.Empty;
        return text + (o.OutputKey is { } output ? $" okey {output}" : string.Empty);
    }

    private static string Endpoint(IPv4Address address) => address.IsUnspecified ? "any" : address.ToString();

    private static void PrintKeys(IpPrinter printer, IPTunnelOptions o)
    {
        if (o.InputKey is { } input)
        {
            printer.Any("ikey", new IPv4Address(input).ToString(), $"ikey {new IPv4Address(input)} ");
        }

        if (o.OutputKey is { } output)
        {
            printer.Any("okey", new IPv4Address(output).ToString(), $"okey {new IPv4Address(output)} ");
        }

        foreach ((string word, bool on) in new[]
        {
            ("iseq", o.InputSequence), ("oseq", o.OutputSequence), ("icsum", o.InputChecksum), ("ocsum", o.OutputChecksum),
        })
        {
            if (on)
            {
                printer.Member(word, true);
                printer.Text($"{word} ");
            }
        }
    }
}
