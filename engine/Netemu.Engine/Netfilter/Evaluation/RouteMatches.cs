using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv4;
using Netemu.Engine.IPv6;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-m addrtype`: what the routing tables say the addresses are.</summary>
internal sealed class AddressTypeMatch(RuleMatch.AddressType match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        NetDevice? limit = match.LimitToInput ? view.Input : match.LimitToOutput ? view.Output : null;
        return (match.SourceTypes == AddressTypes.None
                || Has(ref view, view.Source, match.SourceTypes, limit) != match.SourceNegated)
            && (match.DestinationTypes == AddressTypes.None
                || Has(ref view, view.Destination, match.DestinationTypes, limit) != match.DestinationNegated);
    }

    private static bool Has(ref PacketView view, InternetAddress address, AddressTypes types, NetDevice? limit)
    {
        AddressTypes type = address.IsIPv4
            ? TypeOf(view.Space.IPv4, address.IPv4, limit)
            : TypeOf(view.Space.IPv6, address.IPv6, limit);
        return (type & types) != 0;
    }

    /// <summary>inet_dev_addr_type: with a device, an address of another device is not local but unicast.</summary>
    private static AddressTypes TypeOf(IPv4Stack stack, IPv4Address address, NetDevice? limit)
    {
        if (address.IsBroadcast || address.IsZeroNet)
        {
            return AddressTypes.Broadcast;
        }

        if (address.IsMulticast)
        {
            return AddressTypes.Multicast;
        }

        Route<IPv4Address>? route = stack.Routes.Local.Lookup(address);
        return route is null || (limit is not null && !ReferenceEquals(route.NextHop.Device, limit))
            ? AddressTypes.Unicast
            : (AddressTypes)(1 << (int)route.Type);
    }

    private static AddressTypes TypeOf(IPv6Stack stack, IPv6Address address, NetDevice? limit)
    {
        if (address.IsMulticast)
        {
            return AddressTypes.Multicast;
        }

        Route<IPv6Address>? route = stack.Routes.Lookup(address);
        if (route?.Type == RouteType.Local && (limit is null || ReferenceEquals(route.NextHop.Device, limit)))
        {
            return AddressTypes.Local;
        }

        return route is null || route.Type == RouteType.Unreachable ? AddressTypes.Unreachable : AddressTypes.Unicast;
    }
}

/// <summary>`-m rpfilter`: a packet passes that would be answered by the way it came (xt_rpfilter, ipt_rpfilter).</summary>
internal sealed class ReversePathMatch(RuleMatch.ReversePath match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        return IsRight(ref view) != match.Invert;
    }

    private bool IsRight(ref PacketView view)
    {
        NetDevice? input = view.Input;
        if (input is null || input.IsLoopback || view.Source.IsUnspecified)
        {
            return true;
        }

        uint mark = match.ValidMark ? view.Frame.Mark : 0;
        return view.Family == AddressFamily.IPv4
            ? IsRight(view.Space.IPv4.Routes, view.Source.IPv4, view.Destination.IPv4, input, mark)
            : view.Source.IPv6.IsLinkLocal || IsRight(view.Space.IPv6.Routes, view.Source.IPv6, view.Destination.IPv6, input, mark);
    }

    private bool IsRight<TAddress>(
        RoutingTables<TAddress> routes, TAddress source, TAddress destination, NetDevice input, uint mark)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Route<TAddress>? back = routes.Lookup(new FlowKey<TAddress>(destination, source, null, null, mark, 0));
        if (back is null)
        {
            return false;
        }

        if (back.Type != RouteType.Unicast)
        {
            return back.Type == RouteType.Local && match.AcceptLocal;
        }

        if (match.Loose)
        {
            return true;
        }

        foreach (NextHop<TAddress> hop in back.NextHops)
        {
            if (ReferenceEquals(hop.Device, input))
            {
                return true;
            }
        }

        return false;
    }
}
