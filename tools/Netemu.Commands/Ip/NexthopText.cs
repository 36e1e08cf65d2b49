using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>A next hop object as `ip nexthop` prints it (print_nexthop).</summary>
internal static class NexthopText
{
    public static void Print(IpPrinter printer, NexthopObject hop, IpOptions options)
    {
        printer.OpenObject();
        printer.Any("id", hop.Id, $"id {hop.Id} ");
        if (hop.IsGroup)
        {
            PrintGroup(printer, hop);
        }

        if (hop.Gateway is { } gateway)
        {
            printer.Any("gateway", gateway.ToString(), $"via {gateway} ");
        }

        if (hop.Device is { } device)
        {
            printer.Any("dev", device.Name, $"dev {device.Name} ");
        }

        // A blackhole and a group have no scope of their own.
        bool hasScope = hop.Device is not null && hop.Family == AddressFamily.IPv4;
        if (hasScope || options.Details)
        {
            string scope = !hasScope ? "global" : hop.Gateway is null ? "host" : "link";
            printer.Any("scope", scope, $"scope {scope} ");
        }

        if (hop.IsBlackhole)
        {
            printer.MemberNull("blackhole");
            printer.Text("blackhole ");
        }

        if (hop.Protocol != RouteProtocol.Unspecified || options.Details)
        {
            string protocol = hop.Protocol == RouteProtocol.Unspecified ? "unspec" : RouteNames.OfProtocol(hop.Protocol);
            printer.Any("protocol", protocol, $"proto {protocol} ");
        }

        printer.OpenArray("flags");
        if (hop.OnLink)
        {
            printer.Element("onlink");
            printer.Text("onlink ");
        }

        printer.CloseArray();
        printer.Text("\n");
        printer.CloseObject();
    }

    public static void PrintBucket(IpPrinter printer, NexthopObject group, int index, NexthopObject owner, Duration idle)
    {
        string seconds = Seconds(idle);
        printer.OpenObject();
        printer.Any("id", group.Id, $"id {group.Id} ");
        printer.OpenObject("bucket");
        printer.Any("index", index, $"index {index} ");
        printer.Text($"idle_time {seconds} ");
        printer.MemberRaw("idle_time", seconds);
        printer.Any("nhid", owner.Id, $"nhid {owner.Id} ");
        printer.CloseObject();
        printer.Text("\n");
        printer.CloseObject();
    }

    private static void PrintGroup(IpPrinter printer, NexthopObject hop)
    {
        printer.OpenArray("group");
        foreach ((NexthopObject member, int weight) in hop.Members)
        {
            printer.OpenObject();
            printer.Member("id", member.Id);
            if (weight > 1)
            {
                printer.Member("weight", weight);
            }

            printer.CloseObject();
        }

        printer.CloseArray();
        printer.Text($"group {string.Join('/', hop.Members.Select(m => m.Weight > 1 ? $"{m.Hop.Id},{m.Weight}" : $"{m.Hop.Id}"))} ");
        if (hop.Buckets is not { } buckets)
        {
            return;
        }

        printer.Any("type", "resilient", "type resilient ");
        printer.OpenObject("resilient_args");
        printer.Any("buckets", buckets.Count, $"buckets {buckets.Count} ");
        PrintTime(printer, "idle_timer", buckets.IdleTime);
        PrintTime(printer, "unbalanced_timer", buckets.UnbalancedTime);
        PrintTime(printer, "unbalanced_time", buckets.Unbalanced);
        printer.CloseObject();
    }

    private static void PrintTime(IpPrinter printer, string key, Duration time)
    {
        string seconds = Seconds(time);
        printer.Text($"{key} {seconds} ");
        printer.MemberRaw(key, seconds);
    }

    /// <summary>print_tv as %g: seconds with as many of two digits as are needed.</summary>
    private static string Seconds(Duration time) =>
        (time.Milliseconds / 10 / 100m).ToString("0.##", CultureInfo.InvariantCulture);
}
