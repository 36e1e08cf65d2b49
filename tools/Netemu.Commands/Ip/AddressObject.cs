using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip address (ip/ipaddress.c): shows, adds, removes and flushes addresses of devices.</summary>
internal sealed partial class AddressObject : IIpObject
{
    public string Name => "address";

    public string HelpName => "address";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" or "change" or "replace" => Modify(context, verb),
        "delete" => Modify(context, verb),
        "flush" => Flush(context),
        _ => Show(context),
    });

    private static CommandResult Show(IpContext context)
    {
        AddressFilter filter = AddressFilter.Read(context);
        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        IpOptions options = context.Options with { Family = filter.Family ?? context.Options.Family };
        IpPrinter printer = options.CreatePrinter();
        printer.OpenArray();
        foreach (NetDevice device in context.Namespace.Devices.Where(filter.Devices.Accepts))
        {
            List<DeviceAddress<IPv4Address>> v4 = options.WantsIPv4 ? [.. InOrder(context.Namespace.IPv4.Addresses, device).Where(filter.Accepts)] : [];
            List<DeviceAddress<IPv6Address>> v6 = options.WantsIPv6 ? [.. InOrder(context.Namespace.IPv6.Addresses, device).Where(filter.Accepts)] : [];

            // ipaddr_filter: a device with addresses needs one that is wanted, a device without only goes where a family is asked for.
            bool hasAddresses = (options.WantsIPv4 && context.Namespace.IPv4.Addresses.Any(a => ReferenceEquals(a.Device, device)))
                || (options.WantsIPv6 && context.Namespace.IPv6.Addresses.Any(a => ReferenceEquals(a.Device, device)));
            if ((hasAddresses || options.Family is not null || filter.IsNarrow || (options.OneLine && !options.Json)) && v4.Count + v6.Count == 0)
            {
                continue;
            }

            printer.OpenObject();
            if (options.Brief)
            {
                LinkText.PrintBrief(printer, device);
            }
            else if (!options.OneLine || printer.IsJson)
            {
                if (printer.IsJson || filter.NamesLink(device.Name))
                {
                    LinkText.PrintHead(printer, device, options, isAddressShow: true, filter.Devices.NamesDevice);
                    if (options.Statistics > 0)
                    {
                        LinkText.PrintStatistics(printer, device, options);
                    }

                    printer.Text("\n");
                }
            }

            printer.OpenArray("addr_info");
            PrintAll(printer, context.Namespace.IPv4.Addresses, v4, device, options.WantsIPv4, options);
            PrintAll(printer, context.Namespace.IPv6.Addresses, v6, device, options.WantsIPv6, options);
            printer.CloseArray();
            printer.Text(options.Brief ? "\n" : string.Empty);
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>
    /// The kernel's order: IPv4 primaries by scope, the widest last, then secondaries; IPv6 by scope, the widest first.
    /// </summary>
    private static IEnumerable<DeviceAddress<TAddress>> InOrder<TAddress>(IEnumerable<DeviceAddress<TAddress>> addresses, NetDevice device)
        where TAddress : struct, IIPAddress<TAddress>
    {
        IEnumerable<DeviceAddress<TAddress>> own = addresses.Where(a => ReferenceEquals(a.Device, device));
        return FamilyView<TAddress>.IsIPv6
            ? own
            : own.OrderBy(a => a.IsSecondary).ThenByDescending(a => a.IsSecondary ? 0 : (int)a.Scope);
    }

    /// <summary>In JSON, iproute2 opens an object for each address before it looks whether that is wanted: the others are empty.</summary>
    private static void PrintAll<TAddress>(
        IpPrinter printer, IEnumerable<DeviceAddress<TAddress>> all, List<DeviceAddress<TAddress>> wanted, NetDevice device, bool family, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach (DeviceAddress<TAddress> address in family ? InOrder(all, device) : [])
        {
            if (wanted.Contains(address))
            {
                Print(printer, address, options);
            }
            else
            {
                printer.OpenObject();
                printer.CloseObject();
            }
        }
    }

    private static void Print<TAddress>(IpPrinter printer, DeviceAddress<TAddress> address, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        bool isIPv6 = FamilyView<TAddress>.IsIPv6;
        string family = isIPv6 ? "inet6" : "inet";
        string own = address.Address.ToString()!;
        int length = address.InterfaceAddress.Length;
        string local = address.HasPeer ? $"{own} peer {address.Peer}/{length}" : $"{own}/{length}";
        printer.OpenObject();
        if (options.OneLine && !options.Brief)
        {
            printer.Text($"{address.Device.Index}: {address.Device.Name}");
        }

        if (!options.Brief)
        {
            printer.Any("family", family, $"    {family} ");
        }

        printer.Text($"{local} ");
        printer.Member("local", own);
        if (address.HasPeer)
        {
            printer.Member("address", address.Peer.ToString()!);
        }

        printer.Member("prefixlen", length);
        if (!options.Brief)
        {
            PrintRest(printer, address, isIPv6, options);
        }

        printer.CloseObject();
    }

    private static void PrintRest<TAddress>(IpPrinter printer, DeviceAddress<TAddress> address, bool isIPv6, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (address.Metric != 0)
        {
            printer.Any("metric", address.Metric, $"metric {address.Metric} ");
        }

        if (!address.Broadcast.IsUnspecified)
        {
            printer.Any("broadcast", address.Broadcast.ToString()!, $"brd {address.Broadcast} ");
        }

        string scope = RouteNames.OfScope(address.Scope);
        printer.Any("scope", scope, $"scope {scope} ");
        if (address.IsSecondary)
        {
            printer.Member("secondary", value: true);
            printer.Text("secondary ");
        }

        foreach (string flag in Flags(address))
        {
            printer.Member(flag, value: true);
            printer.Text($"{flag} ");
        }

        if (!isIPv6)
        {
            printer.Any("label", address.Label, address.Label);
        }

        printer.Text($"{options.LineBreak}       ");
        PrintLifetime(printer, "valid_life_time", "valid_lft", address.ValidUntil, address.Device.Node.Now);
        printer.Text(" ");
        PrintLifetime(
            printer, "preferred_life_time", "preferred_lft", address.IsDeprecated ? SimTime.Zero : address.PreferredUntil, address.Device.Node.Now);
        printer.Text("\n");
    }

    /// <summary>The order of print_ifa_flags.</summary>
    private static IEnumerable<string> Flags<TAddress>(DeviceAddress<TAddress> address)
        where TAddress : struct, IIPAddress<TAddress> =>
        new (string Name, bool IsSet)[]
        {
            ("nodad", address.NoDad),
            ("dadfailed", address.IsDadFailed),
            ("deprecated", address.IsDeprecated),
            ("tentative", address.IsTentative),
            ("dynamic", address.ValidUntil < SimTime.Never),
            ("mngtmpaddr", address.IsAutomatic),
            ("noprefixroute", address.NoPrefixRoute && !address.IsAutomatic),
        }.Where(f => f.IsSet).Select(f => f.Name);

    /// <summary>What is left in seconds; a second that has begun counts.</summary>
    private static void PrintLifetime(IpPrinter printer, string member, string word, SimTime until, SimTime now)
    {
        if (until == SimTime.Never)
        {
            printer.Any(member, uint.MaxValue, $"{word} forever");
            return;
        }

        long left = Math.Max(0, ((until - now).Nanoseconds + 999_999_999) / 1_000_000_000);
        printer.Any(member, (uint)left, $"{word} {left.ToString(CultureInfo.InvariantCulture)}sec");
    }
}
