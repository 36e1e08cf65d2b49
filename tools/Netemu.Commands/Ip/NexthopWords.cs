using System.Collections.Generic;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip nexthop (ip/ipnexthop.c): next hop objects, groups of them and the buckets of resilient groups.</summary>
internal sealed class NexthopWords : IIpObject
{
    /// <summary>NH_RES_DEFAULT_IDLE_TIMER.</summary>
    private static readonly Duration DefaultIdleTime = Duration.FromSeconds(120);

    public string Name => "nexthop";

    public string HelpName => "nexthop";

    public CommandJob Run(IpContext context, string verb) => CommandJob.Completed(verb switch
    {
        "add" or "replace" => Modify(context, verb),
        "delete" => Delete(context),
        "get" => Get(context),
        "flush" => Flush(context),
        "bucket" => Buckets(context),
        _ => Show(context),
    });

    private static CommandResult Modify(IpContext context, string verb)
    {
        NexthopRequest request = new();
        while (!context.Arguments.AtEnd)
        {
            request.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        NexthopTable table = context.Namespace.Nexthops;
        NexthopObject? present = request.Id == 0 ? null : table.Find(request.Id);
        if (present is not null && verb == "add")
        {
            return RtnetlinkError.FileExists;
        }

        return request.Members is not null
            ? SetGroup(table, request, present)
            : SetHop(context, table, request, present);
    }

    private static CommandResult SetHop(IpContext context, NexthopTable table, NexthopRequest request, NexthopObject? present)
    {
        if (present is { IsGroup: true })
        {
            return RtnetlinkError.Extended("Can not replace a nexthop group with a nexthop.");
        }

        if (request.IsBlackhole)
        {
            table.SetHop(
                request.Id == 0 ? table.FreeId() : request.Id, request.Family, null, null, onLink: false, isBlackhole: true, request.Protocol);
            return CommandResult.Success;
        }

        if (request.Gateway is null && request.Device is null)
        {
            return RtnetlinkError.Extended("Invalid address family.");
        }

        if (request.Device is not { } device)
        {
            return RtnetlinkError.Extended("Device attribute required for non-blackhole and non-fdb nexthops.");
        }

        if (!device.IsUp)
        {
            return RtnetlinkError.Extended("Nexthop device is not up.");
        }

        if (!device.HasCarrier)
        {
            return RtnetlinkError.Extended("Carrier for nexthop device is down.");
        }

        if (request.Gateway is { } gateway && !request.OnLink && !IsOnLink(context, gateway, device))
        {
            return gateway.IsIPv6 ? RtnetlinkError.NoRoute : RtnetlinkError.Extended("Nexthop has invalid gateway.");
        }

        table.SetHop(
            request.Id == 0 ? table.FreeId() : request.Id, request.Family, request.Gateway, device, request.OnLink, isBlackhole: false,
            request.Protocol);
        return CommandResult.Success;
    }

    private static bool IsOnLink(IpContext context, InternetAddress gateway, NetDevice device) => gateway.IsIPv4
        ? context.Namespace.IPv4.Routes.Main.Routes().Any(r => IsLink(r, gateway.IPv4, device))
        : gateway.IPv6.IsLinkLocal || context.Namespace.IPv6.Routes.Main.Routes().Any(r => IsLink(r, gateway.IPv6, device));

    private static bool IsLink<TAddress>(Route<TAddress> route, TAddress gateway, NetDevice device)
        where TAddress : struct, IIPAddress<TAddress> =>
        route is { Type: RouteType.Unicast, NextHop.IsDirect: true } && route.Prefix.Contains(gateway)
        && ReferenceEquals(route.NextHop.Device, device);

    /// <summary>nh_check_attr_group.</summary>
    private static CommandResult SetGroup(NexthopTable table, NexthopRequest request, NexthopObject? present)
    {
        if (present is { IsGroup: false })
        {
            return RtnetlinkError.Extended("Can not replace a nexthop with a nexthop group.");
        }

        List<(NexthopObject Hop, int Weight)> members = [];
        foreach ((uint id, int weight) in request.Members!)
        {
            if (members.Exists(m => m.Hop.Id == id))
            {
                return RtnetlinkError.Extended("Nexthop id can not be used twice in a group.");
            }

            if (table.Find(id) is not { } member)
            {
                return RtnetlinkError.Extended("Invalid nexthop id.");
            }

            if (member.IsGroup)
            {
                return RtnetlinkError.Extended(member.Buckets is null
                    ? "Hash-threshold group can not be a nexthop within a group."
                    : "Resilient group can not be a nexthop within a group.");
            }

            members.Add((member, weight));
        }

        if (members.Count > 1 && members.Exists(m => m.Hop.IsBlackhole))
        {
            return RtnetlinkError.Extended("Blackhole nexthop can not be used in a group with more than 1 path.");
        }

        if (request.IsResilient && request.BucketCount == 0 && present is null)
        {
            return RtnetlinkError.Extended("Number of buckets needs to be non-0.");
        }

        if (request.IsResilient && present is null && request.BucketCount < members.Count)
        {
            return RtnetlinkError.Extended("Number of buckets needs to be at least the number of group members.");
        }

        if (present is not null && present.Buckets is null == request.IsResilient)
        {
            return RtnetlinkError.Extended("Can not replace nexthop group of a different type.");
        }

        NexthopObject group = table.SetGroup(request.Id == 0 ? table.FreeId() : request.Id, members, request.Protocol);
        if (request.IsResilient)
        {
            table.SetBuckets(
                group,
                request.BucketCount,
                request.IdleTime ?? group.Buckets?.IdleTime ?? DefaultIdleTime,
                request.UnbalancedTime ?? group.Buckets?.UnbalancedTime ?? Duration.Zero);
        }

        return CommandResult.Success;
    }

    private static CommandResult Delete(IpContext context)
    {
        NexthopRequest request = new();
        while (!context.Arguments.AtEnd)
        {
            request.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        if (context.Namespace.Nexthops.Find(request.Id) is not { } found)
        {
            return RtnetlinkError.NoSuchEntry;
        }

        context.Namespace.Nexthops.Remove(found);
        return CommandResult.Success;
    }

    private static CommandResult Get(IpContext context)
    {
        NexthopRequest request = new();
        while (!context.Arguments.AtEnd)
        {
            request.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        return context.Namespace.Nexthops.Find(request.Id) is { } found ? Print(context, [found]) : RtnetlinkError.NoSuchEntry;
    }

    private static CommandResult Flush(IpContext context)
    {
        NexthopObject[] all = [.. context.Namespace.Nexthops.All];
        foreach (NexthopObject hop in all)
        {
            context.Namespace.Nexthops.Remove(hop);
        }

        return CommandResult.Output(all.Length == 0 ? "Nothing to flush\n" : $"Flushed {all.Length} nexthops\n");
    }

    private static CommandResult Show(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        uint id = 0;
        NetDevice? device = null;
        bool groups = false;
        RouteProtocol? protocol = null;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "id":
                    id = arguments.Number("invalid id value");
                    break;
                case "dev":
                    device = arguments.Device();
                    break;
                case "groups":
                    groups = true;
                    break;
                case "proto" or "protocol":
                    string name = arguments.Value();
                    protocol = RouteNames.TryProtocol(name, out RouteProtocol parsed) ? parsed : null;
                    break;
                default:
                    arguments.Fail(255, $"Error: argument \"{word}\" is wrong: {context.Hint("nexthop show", word)}");
                    break;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (id != 0)
        {
            return context.Namespace.Nexthops.Find(id) is { } found ? Print(context, [found]) : RtnetlinkError.NoSuchEntry;
        }

        return Print(context, context.Namespace.Nexthops.All.Where(h =>
            (device is null || ReferenceEquals(h.Device, device)) && (!groups || h.IsGroup) && (protocol is null || h.Protocol == protocol)));
    }

    private static CommandResult Print(IpContext context, IEnumerable<NexthopObject> hops)
    {
        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NexthopObject hop in hops)
        {
            NexthopText.Print(printer, hop, context.Options);
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }

    /// <summary>ip nexthop bucket show: which member each bucket has.</summary>
    private static CommandResult Buckets(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        uint id = 0;
        uint member = 0;
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            switch (word)
            {
                case "show" or "list" or "lst":
                    break;
                case "id":
                    id = arguments.Number("invalid id value");
                    break;
                case "nhid":
                    member = arguments.Number("invalid id value");
                    break;
                default:
                    arguments.Fail(255, $"Command \"{word}\" is unknown, try \"ip nexthop help\".{context.Hint("nexthop bucket", word)}");
                    break;
            }
        }

        if (arguments.Error is not null)
        {
            return arguments.Error;
        }

        if (id != 0 && context.Namespace.Nexthops.Find(id) is null)
        {
            return RtnetlinkError.Extended("Nexthop not found.");
        }

        IpPrinter printer = context.Options.CreatePrinter();
        printer.OpenArray();
        foreach (NexthopObject group in context.Namespace.Nexthops.All.Where(g => g.Buckets is not null && (id == 0 || g.Id == id)))
        {
            for (int i = 0; i < group.Buckets!.Count; i++)
            {
                (NexthopObject owner, Duration idle) = group.Buckets[i];
                if (member == 0 || owner.Id == member)
                {
                    NexthopText.PrintBucket(printer, group, i, owner, idle);
                }
            }
        }

        printer.CloseArray();
        return CommandResult.Output(printer.Finish());
    }
}
