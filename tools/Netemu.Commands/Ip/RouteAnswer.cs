using System.Globalization;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip route get: the kernel's decision for one packet.</summary>
internal static class RouteAnswer
{
    private static readonly IPv4Address _allHosts = IPv4Address.Parse("224.0.0.1");

    public static CommandResult Of<TAddress>(IpContext context, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (flow.Input is not null)
        {
            return Forwarded(context, flow);
        }

        NetworkNamespace space = context.Namespace;
        InternetAddress to = InternetAddress.From(flow.Destination);
        InternetAddress from = InternetAddress.From(flow.Source);
        uint table = TableOf(context, flow);
        return to.IsIPv4
            ? Print(
                context, to.IPv4, from.IPv4, flow.Mark, table,
                space.IPv4.RouteOutput(to.IPv4, from.IPv4, flow.Output, flow.Mark, flow.TypeOfService, flow.Transport))
            : Print(
                context, to.IPv6, from.IPv6, flow.Mark, table,
                space.IPv6.RouteOutput(to.IPv6, from.IPv6, flow.Output, flow.Mark, flow.TypeOfService, flow.Transport, anySource: true));
    }

    /// <summary>fibmatch: the route itself instead of the answer for one packet.</summary>
    public static CommandResult Match<TAddress>(IpContext context, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (FamilyView<TAddress>.Of(context.Namespace).Routes.Lookup(flow) is not { } route)
        {
            return RtnetlinkError.Of(Errno.ENETUNREACH);
        }

        RouteFilter<TAddress> filter = new();
        filter.Take("table", context with { Arguments = new IpArguments(context.Namespace, ["all"]) });
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        RouteText.Print(printer, route, filter, context.Options);
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>iif: what happens to a packet that came in by a device (inet_rtm_getroute with ip_route_input).</summary>
    private static CommandResult Forwarded<TAddress>(IpContext context, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (IsMartian(context.Namespace, flow))
        {
            return RtnetlinkError.InvalidArgument;
        }

        RouteInfo<TAddress>? found = FamilyView<TAddress>.Of(context.Namespace).Routes.Resolve(flow);
        bool forwards = FamilyView<TAddress>.IsIPv6
            ? context.Namespace.SettingsOf(flow.Input!).ForwardingIPv6
            : context.Namespace.SettingsOf(flow.Input!).Forwarding;
        switch (found?.Type)
        {
            case RouteType.Local or RouteType.Broadcast:
                break;
            case RouteType.Unicast when forwards:
                break;
            case RouteType.Prohibit:
                return RtnetlinkError.Of(Errno.EACCES);
            case RouteType.Blackhole:
                return RtnetlinkError.Of(Errno.EINVAL);
            default:
                return RtnetlinkError.Of(found is null && forwards ? Errno.ENETUNREACH : Errno.EHOSTUNREACH);
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        printer.OpenObject();
        bool isLocal = found!.Type != RouteType.Unicast;
        PrintType(printer, found.Type, context.Options);

        printer.Any("dst", flow.Destination.ToString()!, $"{flow.Destination} ");
        printer.Any("from", flow.Source.ToString()!, $"from {flow.Source} ");
        NextHop<TAddress> hop = found.NextHop;
        if (!isLocal)
        {
            RouteText.PrintGateway(printer, hop);
        }

        string device = isLocal ? "lo" : hop.Device!.Name;
        printer.Any("dev", device, $"dev {device} ");
        PrintTable(printer, TableOf(context, flow), context.Options);
        PrintMark(printer, flow.Mark);
        printer.OpenArray("flags");
        printer.CloseArray();
        bool redirects = !isLocal && ReferenceEquals(hop.Device, flow.Input) && IsOnLink(context, flow);
        string? flags = isLocal ? found.Type == RouteType.Local ? "local" : "local,brd" : redirects ? "redirect" : null;
        PrintCacheFlags(printer, flags, context.Options);
        printer.Any("iif", flow.Input!.Name, $"iif {flow.Input.Name} ");
        printer.Text("\n");
        printer.CloseObject();
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>The sources that IPv4 refuses before it looks up a route, or that are its own (ip_route_input_slow, fib_validate_source).</summary>
    private static bool IsMartian<TAddress>(NetworkNamespace space, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress>
    {
        InterfaceSettings settings = space.SettingsOf(flow.Input!);
        IPv4Address source = InternetAddress.From(flow.Source).IPv4;
        return !FamilyView<TAddress>.IsIPv6
            && (source.IsMulticast || source.IsBroadcast
                || (source.IsLoopback && !settings.RouteLocalnet && !space.Settings.All.RouteLocalnet)
                || (space.IPv4.IsLocal(source) && !settings.AcceptLocal && !space.Settings.All.AcceptLocal));
    }

    /// <summary>ip route show cache: what is known of single destinations beside the tables.</summary>
    public static CommandResult Cached<TAddress>(IpContext context)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (FamilyView<TAddress>.IsIPv6)
        {
            return CommandResult.Success;
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (IPv4Address destination in context.Namespace.IPv4.Exceptions.Destinations())
        {
            OutputRoute<IPv4Address> way = context.Namespace.IPv4.RouteOutput(destination);
            if (way.Device is null)
            {
                continue;
            }

            printer.OpenObject();
            PrintType(printer, way.Type, context.Options);
            printer.Any("dst", destination.ToString(), $"{destination} ");
            if (way.Hop is { } hop)
            {
                RouteText.PrintGateway(printer, hop);
            }

            printer.Any("dev", way.Device.Name, $"dev {way.Device.Name} ");
            PrintCache(printer, context, way.Type, destination, way.Device, way.Route?.Mtu ?? 0);
            printer.CloseObject();
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>
    /// True if the sender is on the link of the device by which the packet came: what the way back, taken as a packet that came
    /// in there, says by the rules (__fib_validate_source).
    /// </summary>
    private static bool IsOnLink<TAddress>(IpContext context, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress> =>
        FamilyView<TAddress>.Of(context.Namespace).Routes.Lookup(
            new FlowKey<TAddress>(flow.Destination, flow.Source, flow.Input, null, flow.Mark, flow.TypeOfService)) is { NextHop.IsDirect: true } back
        && ReferenceEquals(back.NextHop.Device, flow.Input);

    /// <summary>The table of the answer, which the kernel tells once there are rules; 0 for main.</summary>
    private static uint TableOf<TAddress>(IpContext context, FlowKey<TAddress> flow)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        uint table = routes.HasRules && flow.Output is null ? routes.Lookup(flow)?.Table ?? 0 : 0;
        return table == RouteTable<TAddress>.MainId ? 0 : table;
    }

    /// <summary>What kind of route it is: -d says so of the common one too.</summary>
    private static void PrintType(IpPrinter printer, RouteType type, IpOptions options)
    {
        if (type != RouteType.Unicast || options.Details)
        {
            string name = RouteNames.OfType(type);
            printer.Any("type", name, $"{name} ");
        }
    }

    /// <summary>The answer of IPv6 is the route's own, with its protocol and scope; that of IPv4 is a cached one (RTM_F_CLONED).</summary>
    private static void PrintOrigin(IpPrinter printer, RouteProtocol origin, IpOptions options)
    {
        if (origin != RouteProtocol.Boot || options.Details)
        {
            string protocol = RouteNames.OfProtocol(origin);
            printer.Any("protocol", protocol, $"proto {protocol} ");
        }

        if (options.Details)
        {
            string scope = RouteNames.OfScope(RouteScope.Universe);
            printer.Any("scope", scope, $"scope {scope} ");
        }
    }

    private static void PrintTable(IpPrinter printer, uint table, IpOptions options)
    {
        if (table != 0 || options.Details)
        {
            string name = RouteNames.OfTable(table == 0 ? RouteTable<IPv4Address>.MainId : table);
            printer.Any("table", name, $"table {name} ");
        }
    }

    private static void PrintMark(IpPrinter printer, uint mark)
    {
        if (mark != 0)
        {
            printer.Any("mark", mark, mark >= 16 ? $"mark 0x{mark:x} " : $"mark {mark} ");
        }
    }

    private static CommandResult Print<TAddress>(
        IpContext context, TAddress destination, TAddress source, uint mark, uint table, in OutputRoute<TAddress> answer)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (answer.Error != Errno.None)
        {
            // A source that is not ours is no route at all in the answer to this question.
            bool foreign = answer.Error == Errno.EINVAL && !source.IsUnspecified
                && !FamilyView<TAddress>.Of(context.Namespace).IsLocal(source);
            return RtnetlinkError.Of(foreign ? Errno.ENETUNREACH : answer.Error);
        }

        bool isIPv6 = FamilyView<TAddress>.IsIPv6;
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        printer.OpenObject();
        PrintType(printer, answer.Type, context.Options);

        printer.Any("dst", destination.ToString()!, $"{destination} ");
        if (!source.IsUnspecified || isIPv6)
        {
            printer.Any("from", source.ToString()!, $"from {source} ");
        }

        if (answer.Hop is { } hop)
        {
            RouteText.PrintGateway(printer, hop);
        }

        printer.Any("dev", answer.Device!.Name, $"dev {answer.Device.Name} ");
        bool own = isIPv6 && answer.Type is RouteType.Local or RouteType.Multicast;
        PrintTable(printer, own ? RouteTable<TAddress>.LocalId : table, context.Options);
        if (isIPv6)
        {
            // What needs a device has no other route than those that the kernel made.
            PrintOrigin(printer, answer.Route?.Protocol ?? RouteProtocol.Kernel, context.Options);
        }

        if (source.IsUnspecified || isIPv6)
        {
            printer.Any("prefsrc", answer.Source.ToString()!, $"src {answer.Source} ");
        }

        PrintMark(printer, mark);
        if (isIPv6)
        {
            uint found = answer.Route is null ? 256 : FamilyView<TAddress>.Of(context.Namespace).Routes.Lookup(destination)?.Metric ?? 0;
            uint metric = answer.Type == RouteType.Local ? 0 : found > 0 ? found : 1024;
            printer.Any("metric", metric, $"metric {metric} ");
        }

        printer.OpenArray("flags");
        if (!isIPv6 && answer.Type == RouteType.Multicast)
        {
            // RTCF_MULTICAST has the bit of RTM_F_OFFLOAD_FAILED, and iproute2 knows the latter only.
            printer.Element("rt_offload_failed");
            printer.Text("rt_offload_failed ");
        }

        printer.CloseArray();
        if (isIPv6)
        {
            int pathMtu = context.Namespace.IPv6.Exceptions.PathMtu(InternetAddress.From(destination).IPv6);
            if (pathMtu > 0)
            {
                printer.OpenArray("metrics");
                printer.OpenObject();
                printer.Any("mtu", pathMtu, $"mtu {pathMtu.ToString(CultureInfo.InvariantCulture)} ");
                printer.CloseObject();
                printer.CloseArray();
            }

            printer.Any("pref", "medium", "pref medium\n");
        }
        else
        {
            printer.Any("uid", 0, "uid 0 ");
            PrintCache(printer, context, answer.Type, InternetAddress.From(destination).IPv4, answer.Device, answer.Route?.Mtu ?? 0);
        }

        printer.CloseObject();
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void PrintCache(IpPrinter printer, IpContext context, RouteType type, IPv4Address destination, NetDevice device, int routeMtu)
    {
        RouteExceptions<IPv4Address> exceptions = context.Namespace.IPv4.Exceptions;
        int pathMtu = exceptions.PathMtu(destination, out SimTime expires);
        SimTime? redirected = exceptions.RedirectExpiry(destination);
        bool member = destination == _allHosts || context.Namespace.IPv4.GroupsOf(device).Contains(destination);
        PrintCacheFlags(
            printer,
            type switch
            {
                RouteType.Local => "local",
                RouteType.Broadcast => "local,brd",
                RouteType.Multicast => member ? "local,mc" : "mc",
                _ => redirected is null ? null : "redirected",
            },
            context.Options);
        SimTime end = pathMtu > 0 ? expires : redirected ?? SimTime.Never;
        if (end < SimTime.Never)
        {
            long left = (end - context.Namespace.Node.Now).Milliseconds / 1000;
            printer.Any("expires", (uint)left, $"expires {left.ToString(CultureInfo.InvariantCulture)}sec ");
        }

        int mtu = pathMtu > 0 ? pathMtu : routeMtu;
        if (mtu > 0)
        {
            printer.OpenArray("metrics");
            printer.OpenObject();
            printer.Any("mtu", mtu, $"mtu {mtu.ToString(CultureInfo.InvariantCulture)} ");
            printer.CloseObject();
            printer.CloseArray();
        }

        printer.Text("\n");
    }

    private static void PrintCacheFlags(IpPrinter printer, string? flags, IpOptions options)
    {
        printer.OpenArray("cache");
        foreach (string flag in flags?.Split(',') ?? [])
        {
            printer.Element(flag);
        }

        printer.CloseArray();
        printer.Text($"{options.LineBreak}    cache {(flags is null ? string.Empty : $"<{flags}> ")}");
    }
}
