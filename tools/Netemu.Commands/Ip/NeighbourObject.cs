using System;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip neighbour (ip/ipneigh.c): the ARP and NDP tables, and the addresses answered for others.</summary>
internal sealed class NeighbourObject : IIpObject
{
    public string Name => "neighbour";

    public string HelpName => "neigh";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" or "change" or "chg" or "replace" or "delete" => Modify(context, verb == "chg" ? "change" : verb),
        "get" => Get(context),
        _ => List(context, verb == "flush"),
    });

    /// <summary>ip neigh get: one entry by its address and device.</summary>
    private static CommandResult Get(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        NetDevice? device = null;
        string? text = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "dev")
            {
                device = arguments.Device();
            }
            else
            {
                text = word is "to" ? arguments.Value() : word;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (device is null || text is null)
        {
            return CommandResult.Failure(1, "Device and address are required arguments.");
        }

        if (!InternetAddress.TryParse(text, out InternetAddress address))
        {
            return CommandResult.Failure(1, $"Error: any valid prefix is expected rather than \"{text}\".");
        }

        return address.IsIPv4
            ? Get(context, FamilyView<IPv4Address>.Of(context.Namespace).Neighbours.Find(device, address.IPv4))
            : Get(context, FamilyView<IPv6Address>.Of(context.Namespace).Neighbours.Find(device, address.IPv6));
    }

    private static CommandResult Get<TAddress>(IpContext context, NeighbourEntry<TAddress>? entry)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (entry is null)
        {
            return RtnetlinkError.Extended("Neighbour entry not found.");
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        Print(context, printer, entry, new NeighbourFilter());
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static CommandResult List(IpContext context, bool flush)
    {
        IpArguments arguments = context.Arguments;
        NeighbourFilter filter = new();
        if (flush && arguments.AtEnd)
        {
            return CommandResult.Failure(1, "Flush requires arguments.");
        }

        while (!arguments.AtEnd)
        {
            filter.Take(arguments.Take(), context);
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        int count = 0;
        if (context.Options.WantsIPv4)
        {
            count += List(context, FamilyView<IPv4Address>.Of(context.Namespace), filter, flush, printer);
        }

        if (context.Options.WantsIPv6)
        {
            count += List(context, FamilyView<IPv6Address>.Of(context.Namespace), filter, flush, printer);
        }

        printer.CloseArray();
        return flush
            ? FlushReport.Of(context.Options, count, "entries", printer.Finish())
            : CommandResult.Output(printer.Finish());
    }

    /// <summary>Shows or removes what the filter means; how many that are.</summary>
    private static int List<TAddress>(
        IpContext context, FamilyView<TAddress> family, NeighbourFilter filter, bool flush, IpPrinter printer)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (filter.Proxy)
        {
            foreach ((string device, TAddress address) in family.Neighbours.Proxies)
            {
                if (!filter.AcceptsProxy(device, InternetAddress.From(address)))
                {
                    continue;
                }

                printer.OpenObject();
                printer.Any("dst", address.ToString()!, $"{address} ");
                PrintDevice(printer, device, filter);
                printer.MemberNull("proxy");
                printer.Text("proxy \n");
                printer.CloseObject();
            }

            return 0;
        }

        NeighbourEntry<TAddress>[] entries = [.. family.Neighbours.Entries().Where(e => filter.Accepts(e, flush))];
        foreach (NeighbourEntry<TAddress> entry in entries)
        {
            if (!flush || context.Options.Statistics > 1)
            {
                Print(context, printer, entry, filter);
            }

            if (flush)
            {
                family.Neighbours.Remove(entry);
            }
        }

        return entries.Length;
    }

    private static void Print<TAddress>(IpContext context, IpPrinter printer, NeighbourEntry<TAddress> entry, NeighbourFilter filter)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NudState state = entry.EffectiveState;
        printer.OpenObject();
        printer.Any("dst", entry.Address.ToString()!, $"{entry.Address} ");
        PrintDevice(printer, entry.Device.Name, filter);
        if (state is not (NudState.Incomplete or NudState.Failed or NudState.None))
        {
            printer.Any("lladdr", entry.Mac.ToString(), $"lladdr {entry.Mac} ");
        }

        if (entry.IsRouter)
        {
            printer.MemberNull("router");
            printer.Text("router ");
        }

        if (entry.IsExternallyLearned)
        {
            printer.MemberNull("extern_learn");
            printer.Text("extern_learn ");
        }

        if (context.Options.Statistics > 0)
        {
            SimTime now = context.Namespace.Node.Now;
            long confirmed = (now - entry.Confirmed).Milliseconds / 1000;
            long updated = (now - entry.Updated).Milliseconds / 1000;
            printer.Member("used", confirmed);
            printer.Member("confirmed", confirmed);
            printer.Member("updated", updated);
            printer.Text($" used {confirmed}/{confirmed}/{updated}");
            printer.Any("probes", entry.ProbeCount, $"probes {entry.ProbeCount} ");
        }

        string name = state.ToString().ToUpperInvariant();
        printer.OpenArray("state");
        printer.Element(name);
        printer.CloseArray();
        printer.Text($"{name} ");
        if (entry.Protocol != RouteProtocol.Unspecified)
        {
            string protocol = RouteNames.OfProtocol(entry.Protocol);
            printer.Any("protocol", protocol, $"proto {protocol} ");
        }

        printer.Text("\n");
        printer.CloseObject();
    }

    private static void PrintDevice(IpPrinter printer, string device, NeighbourFilter filter)
    {
        if (filter.Device is null)
        {
            printer.Any("dev", device, $"dev {device} ");
        }
    }

    private static CommandResult Modify(IpContext context, string verb)
    {
        IpArguments arguments = context.Arguments;
        string? text = null;
        bool proxy = false;
        NeighbourRequest request = new();
        NetDevice? device = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "lladdr":
                    request = request with { Mac = ReadMac(arguments) };
                    break;
                case "nud":
                    string nud = arguments.Value();
                    if (!TryState(nud, out NudState state))
                    {
                        arguments.Fail(255, $"Error: argument \"{nud}\" is wrong: nud state is bad");
                    }

                    request = request with { State = state };
                    break;
                case "use":
                    request = request with { Use = true };
                    break;
                case "extern_learn":
                    request = request with { ExternLearn = true };
                    break;
                case "protocol":
                    string protocol = arguments.Value();
                    if (!RouteNames.TryProtocol(protocol, out RouteProtocol by))
                    {
                        arguments.Invalid(protocol, "\"protocol\" value is invalid\n");
                    }

                    request = request with { Protocol = by };
                    break;
                case "dev":
                    device = arguments.Device();
                    break;
                case "router":
                    request = request with { Router = true };
                    break;
                case "proxy":
                    proxy = true;
                    text = arguments.Value();
                    break;
                default:
                    if (text is not null)
                    {
                        arguments.Garbage("to", word, context.Hint("neighbour add", word));
                    }

                    text = word == "to" ? arguments.Value() : word;
                    break;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (device is null || text is null)
        {
            return CommandResult.Failure(255, "Device and destination are required arguments.");
        }

        if (!InternetAddress.TryParse(text, out InternetAddress address))
        {
            return CommandResult.Failure(1, $"Error: any valid prefix is expected rather than \"{text}\".");
        }

        return address.IsIPv4
            ? Modify(FamilyView<IPv4Address>.Of(context.Namespace), verb, device, address.IPv4, proxy, request)
            : Modify(FamilyView<IPv6Address>.Of(context.Namespace), verb, device, address.IPv6, proxy, request);
    }

    private static CommandResult Modify<TAddress>(
        FamilyView<TAddress> family, string verb, NetDevice device, TAddress address, bool proxy, NeighbourRequest request)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NeighbourTable<TAddress> table = family.Neighbours;
        if (proxy)
        {
            if (verb == "delete")
            {
                return table.RemoveProxy(device, address) ? CommandResult.Success : RtnetlinkError.NoSuchEntry;
            }

            table.AddProxy(device, address);
            return CommandResult.Success;
        }

        NeighbourEntry<TAddress>? entry = table.Find(device, address);
        switch (verb)
        {
            case "delete" when entry is null:
                return RtnetlinkError.NoSuchEntry;
            case "delete":
                table.Remove(entry!);
                return CommandResult.Success;
            case "add" when entry is not null:
                return RtnetlinkError.FileExists;
            case "change" when entry is null:
                return RtnetlinkError.NoSuchEntry;
            default:
                if (request.Use)
                {
                    // NTF_USE: as if a packet waited for it (neigh_event_send).
                    table.Use(device, address);
                    return CommandResult.Success;
                }

                // NUD_VALID
                if (request.Mac is null && entry is null && request.State is not (NudState.None or NudState.Incomplete or NudState.Failed))
                {
                    return RtnetlinkError.Extended("No link layer address given.");
                }

                NeighbourEntry<TAddress> set = table.Set(device, address, request.Mac ?? entry?.Mac ?? default, request.State);
                set.IsRouter |= request.Router;
                set.IsExternallyLearned = request.ExternLearn;
                set.Protocol = request.Protocol;
                return CommandResult.Success;
        }
    }

    private static MacAddress? ReadMac(IpArguments arguments)
    {
        string text = arguments.Value();
        if (!MacAddress.TryParse(text, out MacAddress mac))
        {
            arguments.Fail(255, $"\"{text}\" is invalid lladdr.");
        }

        return mac;
    }

    /// <summary>A state by its name in lower case, as `nud` takes it.</summary>
    internal static bool TryState(string text, out NudState state) =>
        Enum.TryParse(text, ignoreCase: true, out state) && !char.IsAsciiDigit(text[0]);
}
