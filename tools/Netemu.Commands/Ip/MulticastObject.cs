using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv6;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip maddress (ip/ipmaddr.c): the groups that each device listens to, on the link and for both families.</summary>
internal sealed class MulticastObject : IIpObject
{
    /// <summary>224.0.0.1, which every device that is up listens to (ip_mc_up).</summary>
    private static readonly IPv4Address AllHosts = new(0xE000_0001);

    public string Name => "maddress";

    public string HelpName => "maddr";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(
        verb is "add" or "delete" ? Modify(context, verb == "add") : Show(context));

    /// <summary>multiaddr_modify. Without an address it is the one of zeros, as the request that is sent has it.</summary>
    private static CommandResult Modify(IpContext context, bool adds)
    {
        IpArguments arguments = context.Arguments;
        string? name = null;
        MacAddress? address = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "dev":
                    string device = arguments.Value();
                    if (name is not null)
                    {
                        arguments.Duplicate("dev", device);
                    }

                    name = device;
                    break;
                default:
                    string text = word == "address" ? arguments.Value() : word;
                    if (address is not null)
                    {
                        arguments.Duplicate("address", text);
                    }

                    address = ReadLinkAddress(arguments, text);
                    break;
            }
        }

        if (arguments.Error is null && name is null)
        {
            arguments.Fail(255, "Not enough information: \"dev\" is required.");
        }

        if (arguments.Error is { } error)
        {
            return error;
        }

        Errno result = context.Namespace.FindDevice(name!) is not { } found ? Errno.ENODEV
            : adds ? found.AddLinkGroup(address ?? default)
            : found.RemoveLinkGroup(address ?? default);
        return result == Errno.None ? CommandResult.Success : CommandResult.Failure(1, $"ioctl: {RtnetlinkError.Describe(result)}");
    }

    /// <summary>ll_addr_a2n: dots make an IPv4 address, which is four bytes long.</summary>
    private static MacAddress ReadLinkAddress(IpArguments arguments, string text)
    {
        if (MacAddress.TryParse(text, out MacAddress address))
        {
            return address;
        }

        string[] bytes = text.Split(':');
        int length = IPv4Address.TryParse(text, out _) ? 4
            : bytes.All(b => b.Length is 1 or 2 && b.All(char.IsAsciiHexDigit)) ? bytes.Length
            : 0;
        arguments.Fail(1, length == 0
            ? $"\"{text}\" is invalid lladdr."
            : $"Error: Invalid address length {length} - must be 6 bytes");
        return default;
    }

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

    /// <summary>The groups that a device's link layer listens to (dev->mc).</summary>
    internal static IEnumerable<MacAddress> LinkGroups(NetDevice device) =>
        LinkAddresses(device, Groups(device), GroupsIPv6(device)).Union(device.LinkGroups);

    private static List<IPv4Address> Groups(NetDevice device)
    {
        List<IPv4Address> groups = [.. device.Namespace.IPv4.GroupsOf(device)];
        if (device.IsUp)
        {
            groups.Add(AllHosts);
        }

        return groups;
    }

    /// <summary>A device that is down has what every device has from its making on (ipv6_mc_init_dev).</summary>
    private static List<IPv6Address> GroupsIPv6(NetDevice device) =>
        IPv6Stack.InterfaceOf(device) is { IsEnabled: true } own ? [.. own.Listener.Groups]
        : device.Namespace.Settings.IPv6Enabled ? [IPv6Address.AllNodes, IPv6Address.InterfaceLocalAllNodes]
        : [];

    private static void Print(IpPrinter printer, NetDevice device, IpOptions options)
    {
        List<IPv4Address> groups = Groups(device);
        List<IPv6Address> groupsIPv6 = GroupsIPv6(device);
        List<(string Kind, string Address, int Users, bool IsStatic)> lines = [];
        if (options.Family is null)
        {
            List<MacAddress> joined = [.. LinkAddresses(device, groups, groupsIPv6)];
            lines.AddRange(joined.Select(m => Line(m, 1, device)));
            lines.AddRange(device.LinkGroups.Except(joined).Select(m => Line(m, 0, device)));
        }

        lines.AddRange(options.WantsIPv4 ? groups.Select(g => ("inet", g.ToString(), 1, false)) : []);
        lines.AddRange(options.WantsIPv6 ? groupsIPv6.Select(g => ("inet6", g.ToString(), 1, false)) : []);
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
        foreach ((string kind, string address, int users, bool isStatic) in lines)
        {
            printer.OpenObject();
            printer.Text(options.OneLine ? $"{head}\\" : string.Empty);
            if (kind == "link")
            {
                printer.Any("link", address, $"\tlink  {address}");
            }
            else
            {
                printer.Member("family", kind);
                printer.Any("address", address, $"\t{kind,-5} {address}");
            }

            if (users != 1)
            {
                printer.Any("users", users, $" users {users}");
            }

            if (isStatic)
            {
                printer.Any("features", "static", " static");
            }

            printer.Text("\n");

            printer.CloseObject();
        }

        printer.CloseArray();
        printer.CloseObject();
    }

    private static (string Kind, string Address, int Users, bool IsStatic) Line(MacAddress group, int users, NetDevice device)
    {
        bool isStatic = device.LinkGroups.Contains(group);
        return ("link", group.ToString(), users + (isStatic ? 1 : 0), isStatic);
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
