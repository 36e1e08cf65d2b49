using System.Globalization;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>The names of /etc/iproute2: rt_protos, rt_scopes, rt_tables; numbers stand for themselves.</summary>
internal static class RouteNames
{
    public static string OfProtocol(RouteProtocol protocol) => (byte)protocol switch
    {
        0 => "unspec",
        1 => "redirect",
        2 => "kernel",
        3 => "boot",
        4 => "static",
        8 => "gated",
        9 => "ra",
        10 => "mrt",
        11 => "zebra",
        12 => "bird",
        13 => "dnrouted",
        14 => "xorp",
        15 => "ntk",
        16 => "dhcp",
        18 => "keepalived",
        42 => "babel",
        186 => "bgp",
        187 => "isis",
        188 => "ospf",
        189 => "rip",
        192 => "eigrp",
        byte number => number.ToString(CultureInfo.InvariantCulture),
    };

    public static bool TryProtocol(string text, out RouteProtocol protocol)
    {
        for (int i = 0; i < 256; i++)
        {
            protocol = (RouteProtocol)i;
            if (OfProtocol(protocol) == text || i.ToString(CultureInfo.InvariantCulture) == text)
            {
                return true;
            }
        }

        protocol = default;
        return false;
    }

    public static string OfScope(RouteScope scope) => scope switch
    {
        RouteScope.Universe => "global",
        RouteScope.Site => "site",
        RouteScope.Link => "link",
        RouteScope.Host => "host",
        RouteScope.Nowhere => "nowhere",
        _ => ((byte)scope).ToString(CultureInfo.InvariantCulture),
    };

    public static bool TryScope(string text, out RouteScope scope)
    {
        scope = text switch
        {
            "global" or "universe" => RouteScope.Universe,
            "site" => RouteScope.Site,
            "link" => RouteScope.Link,
            "host" => RouteScope.Host,
            _ => RouteScope.Nowhere,
        };
        return text == "nowhere" || scope != RouteScope.Nowhere
            || (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) && (scope = (RouteScope)number) == (RouteScope)number);
    }

    public static string OfTable(uint table) => table switch
    {
        255 => "local",
        254 => "main",
        253 => "default",
        _ => table.ToString(CultureInfo.InvariantCulture),
    };

    public static bool TryTable(string text, out uint table)
    {
        table = text switch { "local" => 255, "main" => 254, "default" => 253, _ => 0 };
        return table != 0 || uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out table);
    }

    public static string OfType(RouteType type) => type.ToString().ToLowerInvariant();

    public static bool TryType(string text, out RouteType type)
    {
        type = text switch
        {
            "unicast" => RouteType.Unicast,
            "local" => RouteType.Local,
            "broadcast" => RouteType.Broadcast,
            "anycast" => RouteType.Anycast,
            "multicast" => RouteType.Multicast,
            "blackhole" => RouteType.Blackhole,
            "unreachable" => RouteType.Unreachable,
            "prohibit" => RouteType.Prohibit,
            "throw" => RouteType.Throw,
            _ => RouteType.Unspecified,
        };
        return type != RouteType.Unspecified;
    }
}
