using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>The words of `ip route add`, `del` and the like (iproute_modify).</summary>
internal sealed class RouteRequest<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public InterfaceAddress<TAddress>? Destination { get; private set; }

    public RouteType? Type { get; private set; }

    public RouteProtocol? Protocol { get; private set; }

    public RouteScope? Scope { get; private set; }

    public uint? Metric { get; private set; }

    public uint? Table { get; private set; }

    public TAddress? Source { get; private set; }

    public int Mtu { get; private set; }

    /// <summary>The next hop object to make the route of; 0 for none.</summary>
    public uint NexthopId { get; private set; }

    /// <summary>The next hop that stands outside of `nexthop`.</summary>
    public HopRequest<TAddress> Hop { get; } = new();

    public List<HopRequest<TAddress>> Hops { get; } = [];

    public void Take(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        switch (word)
        {
            case "src":
                Source = arguments.Address<TAddress>();
                break;
            case "metric" or "priority" or "preference":
                Metric = arguments.Number("\"metric\" value is invalid\n");
                break;
            case "mtu":
                if (!arguments.AtEnd && arguments.Peek == "lock")
                {
                    arguments.Take();
                }

                Mtu = (int)arguments.Number("\"mtu\" value is invalid\n");
                break;
            case "scope":
                Scope = ReadScope(arguments);
                break;
            case "proto" or "protocol":
                string protocol = arguments.Value();
                if (!RouteNames.TryProtocol(protocol, out RouteProtocol by))
                {
                    arguments.Invalid(protocol, "\"protocol\" value is invalid\n");
                }

                Protocol = by;
                break;
            case "table":
                string table = arguments.Value();
                if (!RouteNames.TryTable(table, out uint id))
                {
                    arguments.Invalid(table, "\"table\" value is invalid\n");
                }

                Table = id;
                break;
            case "nhid":
                NexthopId = arguments.Number("\"id\" value is invalid\n");
                break;
            case "nexthop":
                TakeHops(context);
                break;
            default:
                if (!Hop.TryTake(word, arguments))
                {
                    TakeDestination(word, context);
                }

                break;
        }
    }

    private static RouteScope ReadScope(IpArguments arguments)
    {
        string text = arguments.Value();
        if (!RouteNames.TryScope(text, out RouteScope scope))
        {
            arguments.Invalid(text, "invalid \"scope\" value\n");
        }

        return scope;
    }

    /// <summary>`nexthop` with its words, and all that follow it.</summary>
    private void TakeHops(IpContext context)
    {
        IpArguments arguments = context.Arguments;
        HopRequest<TAddress> hop = new();
        Hops.Add(hop);
        while (!arguments.AtEnd)
        {
            string word = arguments.Take();
            if (word == "nexthop")
            {
                hop = new HopRequest<TAddress>();
                Hops.Add(hop);
            }
            else if (!hop.TryTake(word, arguments))
            {
                arguments.Fail(
                    255, $"Error: \"nexthop\" or end of line is expected instead of \"{word}\"{context.Hint("route add", word)}");
            }
        }

        arguments.ExtendError(255, "Error: cannot parse nexthop");
    }

    private void TakeDestination(string word, IpContext context)
    {
        IpArguments arguments = context.Arguments;
        if (word == "to")
        {
            word = arguments.Value();
        }

        if (word == "type")
        {
            word = arguments.Value();
        }

        if (RouteNames.TryType(word, out RouteType type))
        {
            Type = type;
            word = arguments.Value();
        }

        if (Destination is not null)
        {
            arguments.Garbage("to", word, context.Hint("route add", word));
            return;
        }

        if (word is "default" or "any" or "all")
        {
            Destination = default(InterfaceAddress<TAddress>);
            return;
        }

        if (!InterfaceAddress<TAddress>.TryParse(word, out InterfaceAddress<TAddress> destination))
        {
            arguments.Fail(1, $"Error: any valid prefix is expected rather than \"{word}\".{context.Hint("route add", word)}");
        }

        Destination = destination;
    }
}
