using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>Puts a routing decision into the words of `ip route`.</summary>
public static class RouteText
{
    public static string Describe<TAddress>(Route<TAddress>? route, TAddress destination)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route is null)
        {
            return $"no route to {destination}";
        }

        StringBuilder text = new();
        text.Append(destination.ToString()).Append(" matches ");
        if (route.Type is not RouteType.Unicast)
        {
            text.Append(route.Type.ToString().ToLowerInvariant()).Append(' ');
        }

        text.Append(route.Prefix.Length == 0 ? "default" : route.Prefix.ToString());
        if (!route.NextHop.IsDirect && route.Group is null)
        {
            text.Append(' ').Append(route.NextHop.GatewayText);
        }

        if (route.NextHop.Device is not null)
        {
            text.Append(route.Group is null ? $" dev {route.NextHop.Device.Name}" : $" by one of {route.Group.Length} next hops");
        }

        text.Append($" proto {route.Protocol.ToString().ToLowerInvariant()}");
        if (route.Table is not RouteTable<TAddress>.MainId)
        {
            text.Append(route.Table == RouteTable<TAddress>.LocalId ? " table local" : $" table {route.Table}");
        }

        return text.ToString();
    }
}
