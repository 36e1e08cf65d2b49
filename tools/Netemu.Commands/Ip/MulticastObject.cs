using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv6;

namespace Netemu.Commands.Ip;

/// <summary>ip maddress (ip/ipmaddr.c): the groups that each device listens to, on the link and for both families.</summary>
internal sealed class MulticastObject : IIpObject
{
    /// <summary>224.0.0.1, which every device that is up listens to (ip_mc_up).</summary>
    private static readonly IPv4Address AllHosts = new(0xE000_0001);

    public string Name => "maddress";

    public string HelpName => "maddr";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(Show(context));

    private static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        string? only = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            string name = word == "dev" ? arguments.Value() : word;
            if (only is not null)
            {
                arguments.Garbage("dev", word, context.Hint("maddress show", word));
            }

            only = name;
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NetDevice device in context.Namespace.Devices.Where(d => only is null || d.Name == only))
        {
            Print(printer, device, context.Options);
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void Print(IpPrinter printer, NetDevice device, IpOptions options)
    {
        List<IPv4Address> groups = [.. device.Namespace.IPv4.GroupsOf(device)];
        if (device.IsUp)
        {
            groups.Add(AllHosts);
        }

        // A device that is down has what every device has from its making on (ipv6_mc_init_dev).
        List<IPv6Address> groupsIPv6 = IPv6Stack.InterfaceOf(device) is { IsEnabled: true } own ? [.. own.Listener.Groups]
            : device.Namespace.Settings.IPv6Enabled ? [IPv6Address.AllNodes, IPv6Address.InterfaceLocalAllNodes]
            : [];
        List<(string Kind, string Address)> lines = [];
        if (options.Family is null)
        {
            lines.AddRange(LinkAddresses(device, groups, groupsIPv6).Select(m => ("link", m.ToString())));
        }

        lines.AddRange(options.WantsIPv4 ? groups.Select(g => ("inet", g.ToString())) : []);
        lines.AddRange(options.WantsIPv6 ? groupsIPv6.Select(g => ("inet6", g.ToString())) : []);
        if (lines.Count == 0)
        {
            return;
        }

        printer.OpenObject();
        string head = $"{device.Index}:\t{device.Name}";
        printer.Member("ifindex", device.Index);
        printer.Member("ifname", device.Name);
        printer.Text(options.OneLine ? string.Empty : $"{head}\n");
        printer.OpenArray("maddr");
        foreach ((string kind, string address) in lines)
        {
            printer.OpenObject();
            printer.Text(options.OneLine ? $"{head}\\" : string.Empty);
            if (kind == "link")
            {
                printer.Any("link", address, $"\tlink  {address}\n");
            }
            else
            {
                printer.Member("family", kind);
                printer.Any("address", address, $"\t{kind,-5} {address}\n");
            }

            printer.CloseObject();
        }

        printer.CloseArray();
        printer.CloseObject();
    }

    /// <summary>
    /// What the network card is told to let through, in the order in which it was told: all IPv6 nodes when the device was made,
    /// all hosts when it came up, then the rest (ndisc_mc_map, ip_eth_mc_map). Loopback and bare IP devices have none.
    /// </summary>
    private static IEnumerable<MacAddress> LinkAddresses(NetDevice device, List<IPv4Address> groups, List<IPv6Address> groupsIPv6)
    {
        if (device.IsLoopback || !device.HasLinkLayer)
        {
            return [];
        }

        // RFC 2464 section 7; what does not leave the node is not for the card either.
        List<MacAddress> six = [.. Enumerable.Reverse(groupsIPv6).Where(g => g.MulticastScope > 1).Select(MacAddress.Multicast)];
        List<MacAddress> four = [.. Enumerable.Reverse(groups).Select(MacAddress.Multicast)];
        return six.Take(1).Concat(four).Concat(six.Skip(1)).Distinct();
    }
}
