using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip route (ip/iproute.c): shows, adds, replaces, removes, and asks for routes, of either family.</summary>
internal sealed partial class RouteObject : IIpObject
{
    public string Name => "route";

    public string HelpName => "route";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(
        IsOfBothFamilies(context, verb) ? ListBoth(context, verb == "flush")
        : IsIPv6(context) ? Run<IPv6Address>(context, verb)
        : Run<IPv4Address>(context, verb));

    /// <summary>All tables are those of both families, unless an address or an option names one (iproute_list_flush_or_save).</summary>
    private static bool IsOfBothFamilies(IpContext context, string verb)
    {
        string[] words = [.. context.Arguments.Rest()];
        int table = Array.IndexOf(words, "table");
        return context.Options.Family is null
            && !Modifies(verb) && verb != "get"
            && table >= 0 && table + 1 < words.Length && words[table + 1] == "all"
            && !words.Any(word => InternetPrefix.TryParse(word, out _) || InternetAddress.TryParse(word, out _));
    }

    private static CommandResult ListBoth(IpContext context, bool flush)
    {
        string[] words = [.. context.Arguments.Rest()];
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        int count = 0;
        CommandResult? error = List<IPv4Address>(context, flush, printer, ref count)
            ?? List<IPv6Address>(context with { Arguments = new IpArguments(context.Namespace, [.. words]) }, flush, printer, ref count);
        return error ?? Told(context, flush, printer, count);
    }

    /// <summary>Without -4 or -6 the first address tells the family, IPv4 if there is none.</summary>
    private static bool IsIPv6(IpContext context) =>
        context.Options.Family == AddressFamily.IPv6
        || (context.Options.Family is null
            && FirstPrefix(context.Arguments.Rest()) is { IsIPv6: true });

    /// <summary>The first word that is a prefix gives the family: a gateway after it may be of the other one ("via inet6").</summary>
    private static InternetPrefix? FirstPrefix(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            if (InternetPrefix.TryParse(word, out InternetPrefix prefix))
            {
                return prefix;
            }
        }

        return null;
    }

    private static CommandResult Run<TAddress>(IpContext context, string verb)
        where TAddress : struct, IIPAddress<TAddress> => verb switch
        {
            _ when Modifies(verb) => Modify<TAddress>(context, verb == "chg" ? "change" : verb),
            "get" => Get<TAddress>(context),
            _ => List<TAddress>(context, verb == "flush"),
        };

    private static bool Modifies(string verb) => verb is "add" or "change" or "chg" or "replace" or "append" or "prepend" or "delete";

    private static CommandResult List<TAddress>(IpContext context, bool flush)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (flush && context.Arguments.AtEnd)
        {
            return CommandResult.Failure(1, "\"ip route flush\" requires arguments.");
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        int count = 0;
        return List<TAddress>(context, flush, printer, ref count) ?? Told(context, flush, printer, count);
    }

    /// <summary>Prints or removes the routes of one family, and counts them; null, or what is told instead.</summary>
    private static CommandResult? List<TAddress>(IpContext context, bool flush, IpPrinter printer, ref int count)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RouteFilter<TAddress> filter = new();
        while (!context.Arguments.AtEnd)
        {
            filter.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        if (filter.IsCache)
        {
            return flush ? FlushCache<TAddress>(context) : RouteAnswer.Cached<TAddress>(context);
        }

        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        if (filter.Table is { } id && routes.Table(id, create: false) is null && id != RouteTable<TAddress>.DefaultId)
        {
            return flush
                ? CommandResult.Success
                : CommandResult.Failure(
                    2, $"Error: {(FamilyView<TAddress>.IsIPv6 ? "ipv6" : "ipv4")}: FIB table does not exist.\nDump terminated");
        }

        foreach (RouteTable<TAddress> table in routes.Tables()
            .OrderBy(t => t.Id is RouteTable<TAddress>.LocalId ? uint.MaxValue : t.Id).Where(filter.AcceptsTable).ToArray())
        {
            Route<TAddress>[] kept = [.. table.Routes().Where(filter.Accepts)];
            Array.Sort(kept, RouteOrder<TAddress>.Compare);
            foreach (Route<TAddress> route in kept)
            {
                count++;
                if (!flush || context.Options.Statistics > 1)
                {
                    RouteText.Print(printer, route, filter, context.Options);
                }

                if (flush)
                {
                    routes.Remove(route);
                }
            }
        }

        return null;
    }

    private static CommandResult Told(IpContext context, bool flush, IpPrinter printer, int count)
    {
        printer.CloseArray();
        return flush
            ? FlushReport.Of(context.Options, count, "entries", printer.Finish())
            : CommandResult.Output(printer.Finish());
    }

    /// <summary>iproute_flush_cache: what was learned of single destinations is forgotten (/proc/sys/net/ipv4/route/flush).</summary>
    private static CommandResult FlushCache<TAddress>(IpContext context)
        where TAddress : struct, IIPAddress<TAddress>
    {
        FamilyView<TAddress>.Of(context.Namespace).Exceptions.Clear();
        return context.Options.Statistics == 0
            ? CommandResult.Success
            : CommandResult.Output($"*** {(FamilyView<TAddress>.IsIPv6 ? "IPv6" : "IPv4")} routing cache is flushed.\n");
    }

    private static CommandResult Get<TAddress>(IpContext context)
        where TAddress : struct, IIPAddress<TAddress>
    {
        IpArguments arguments = context.Arguments;
        TAddress? destination = null;
        TAddress source = default;
        NetDevice? device = null;
        NetDevice? input = null;
        uint mark = 0;
        byte tos = 0;
        IPProtocol protocol = default;
        ushort sourcePort = 0;
        ushort destinationPort = 0;
        bool match = false;
        int length = TAddress.Bits;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "from":
                    source = arguments.Address<TAddress>();
                    break;
                case "oif" or "dev":
                    device = arguments.Device();
                    break;
                case "iif":
                    input = arguments.Device();
                    break;
                case "ipproto":
                    string name = arguments.Value();
                    if (!ProtocolNames.TryParse(name, out protocol) && arguments.Error is null)
                    {
                        arguments.Invalid(name, "Invalid \"ipproto\" value\n");
                    }

                    break;
                case "sport":
                    sourcePort = (ushort)arguments.Number("invalid sport\n");
                    break;
                case "dport":
                    destinationPort = (ushort)arguments.Number("invalid dport\n");
                    break;
                case "fibmatch":
                    match = true;
                    break;
                case "mark":
                    mark = arguments.Number("invalid mark value");
                    break;
                case "uid":
                    arguments.Number("invalid UID\n");
                    break;
                case "tos" or "dsfield":
                    tos = (byte)arguments.Number("TOS value is invalid\n");
                    break;
                default:
                    string text = word == "to" ? arguments.Value() : word;
                    if (destination is not null || !InterfaceAddress<TAddress>.TryParse(text, out InterfaceAddress<TAddress> parsed))
                    {
                        arguments.Fail(1, $"Error: {(FamilyView<TAddress>.IsIPv6 ? "inet6" : "inet")} prefix is expected rather than \"{text}\".{context.Hint("route get", text)}");
                        break;
                    }

                    destination = parsed.Address;
                    length = parsed.Length;
                    break;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (destination is not { } to)
        {
            return CommandResult.Failure(1, "need at least a destination address");
        }

        FlowKey<TAddress> flow = new(source, to, input, device, mark, tos)
        {
            Transport = TransportKey.Of(protocol, sourcePort, destinationPort),
        };
        CommandResult result = match ? RouteAnswer.Match(context, flow) : RouteAnswer.Of(context, flow);
        return length == TAddress.Bits
            ? result
            : result with
            {
                Stderr = $"Warning: /{length} as prefix is invalid, only /{TAddress.Bits} (or none) is supported.\n{result.Stderr}",
            };
    }
}
