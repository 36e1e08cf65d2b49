using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Ip;

/// <summary>ip route get: the kernel's decision for one packet.</summary>
internal static class RouteAnswer
{
    public static CommandResult Of<TAddress>(
        IpContext context, TAddress destination, TAddress source, NetDevice? device, uint mark, byte tos)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NetworkNamespace space = context.Namespace;
        InternetAddress to = InternetAddress.From(destination);
        InternetAddress from = InternetAddress.From(source);
        return to.IsIPv4
            ? Print(context, to.IPv4, from.IPv4, mark, space.IPv4.RouteOutput(to.IPv4, from.IPv4, device, mark, tos), PathMtu(space, to.IPv4))
            : Print(context, to.IPv6, from.IPv6, mark, space.IPv6.RouteOutput(to.IPv6, from.IPv6, device, mark, tos), PathMtu(space, to.IPv6));
    }

    private static int PathMtu(NetworkNamespace space, IPv4Address destination) => space.IPv4.Exceptions.PathMtu(destination);

    private static int PathMtu(NetworkNamespace space, IPv6Address destination) => space.IPv6.Exceptions.PathMtu(destination);

    private static CommandResult Print<TAddress>(
        IpContext context, TAddress destination, TAddress source, uint mark, in OutputRoute<TAddress> answer, int pathMtu)
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
        if (answer.Type is RouteType.Local or RouteType.Broadcast or RouteType.Multicast)
        {
            string type = RouteNames.OfType(answer.Type);
            printer.Any("type", type, $"{type} ");
        }

        printer.Any("dst", destination.ToString()!, $"{destination} ");
        if (!source.IsUnspecified || isIPv6)
        {
            printer.Any("from", source.ToString()!, $"from {source} ");
        }

        if (answer.Hop is { HasGateway: true } hop)
        {
            printer.Any("gateway", hop.Gateway.ToString()!, $"via {hop.Gateway} ");
        }

        printer.Any("dev", answer.Device!.Name, $"dev {answer.Device.Name} ");
        if (isIPv6 && answer.Route is { Protocol: not RouteProtocol.Boot } route)
        {
            string protocol = RouteNames.OfProtocol(route.Protocol);
            printer.Any("protocol", protocol, $"proto {protocol} ");
        }

        if (source.IsUnspecified)
        {
            printer.Any("prefsrc", answer.Source.ToString()!, $"src {answer.Source} ");
        }

        if (mark != 0)
        {
            printer.Any("mark", mark, $"mark 0x{mark:x} ");
        }

        if (isIPv6)
        {
            uint found = FamilyView<TAddress>.Of(context.Namespace).Routes.Lookup(destination)?.Metric ?? 0;
            uint metric = answer.Type == RouteType.Local ? 0 : found > 0 ? found : 1024;
            printer.Any("metric", metric, $"metric {metric} ");
        }

        printer.OpenArray("flags");
        printer.CloseArray();
        if (isIPv6)
        {
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
            PrintCache(printer, answer.Type, pathMtu, context.Options);
        }

        printer.CloseObject();
        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    private static void PrintCache(IpPrinter printer, RouteType type, int pathMtu, IpOptions options)
    {
        string? flags = type switch { RouteType.Local => "local", RouteType.Broadcast => "local,brd", _ => null };
        printer.OpenArray("cache");
        foreach (string flag in flags?.Split(',') ?? [])
        {
            printer.Element(flag);
        }

        printer.CloseArray();
        printer.Text($"{options.LineBreak}    cache {(flags is null ? string.Empty : $"<{flags}> ")}");
        if (pathMtu > 0)
        {
            printer.OpenArray("metrics");
            printer.OpenObject();
            printer.Any("mtu", pathMtu, $"mtu {pathMtu.ToString(CultureInfo.InvariantCulture)} ");
            printer.CloseObject();
            printer.CloseArray();
        }

        printer.Text("\n");
    }
}
