using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.NetTools;

/// <summary>The main table as route and netstat -r show it: addresses and masks.</summary>
internal static class RouteTable
{
    public static string Describe(NetworkNamespace space, bool netstat)
    {
        StringBuilder text = new("Kernel IP routing table\n");
        text.Append(netstat
            ? "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n"
            : "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n");
        foreach (Route<IPv4Address> route in Routes(space))
        {
            bool reject = route.Type is RouteType.Unreachable or RouteType.Prohibit;
            string flags = reject ? "!" : "U";
            flags += !route.NextHop.IsDirect ? "G" : string.Empty;
            flags += route.Prefix.Length == 32 ? "H" : string.Empty;
            string gateway = reject ? "-" : route.NextHop.HasGateway ? route.NextHop.Gateway.ToString() : "0.0.0.0";
            string device = route.NextHop.Device?.Name ?? (reject ? "-" : "*");
            text.Append(CultureInfo.InvariantCulture, $"{route.Prefix.Address,-15} {gateway,-15} {Mask(route.Prefix.Length),-15} {flags,-6}");
            text.Append(netstat
                ? $"{0,5} {0,-5} {0,6} {device}\n"
                : string.Create(CultureInfo.InvariantCulture, $"{route.Metric,-6} {(reject ? "-" : "0"),-2} {0,7} {device}\n"));
        }

        return text.ToString();
    }

    public static IPv4Address Mask(int length) => new(length == 0 ? 0 : uint.MaxValue << (32 - length));

    /// <summary>As /proc/net/route lists them: by destination, the longer prefix first, then by metric.</summary>
    private static IEnumerable<Route<IPv4Address>> Routes(NetworkNamespace space) =>
        space.IPv4.Routes.Main.Routes().Where(r => r.Type is RouteType.Unicast or RouteType.Unreachable or RouteType.Prohibit)
            .OrderBy(r => r.Prefix.Address.Value).ThenByDescending(r => r.Prefix.Length).ThenBy(r => r.Metric);
}
