using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Show;

namespace Netemu.Commands.Routing;

/// <summary>"show ip route summary [prefix] [json]": how many routes zebra has of whom (vty_show_ip_route_summary).</summary>
internal static class ShowRouteSummary
{
    /// <summary>False if its words are not known.</summary>
    public static bool TryRun(List<ZebraRoute> routes, List<string> words, bool json, StringBuilder output)
    {
        bool prefixes = words is ["prefix"];
        if (words.Count > 0 && !prefixes)
        {
            return false;
        }

        // In the order of zebra's numbers; of BGP routes both kinds are said where there is one.
        List<(string Source, ZebraRoute[] Routes)> sources =
        [
            .. "KCS".Select(code => routes.Where(route => route.Code == code).ToArray()).Where(of => of.Length > 0).Select(of => (of[0].Name, of)),
        ];
        if (routes.Exists(route => route.Code == 'B'))
        {
            sources.Add(("ebgp", [.. routes.Where(route => route is { Code: 'B', IsInternal: false })]));
            sources.Add(("ibgp", [.. routes.Where(route => route is { Code: 'B', IsInternal: true })]));
        }

        output.Append(json ? ShowJson.Write(writer => Write(writer, sources, prefixes)) : Text(sources, prefixes));
        return true;
    }

    private static string Text(List<(string Source, ZebraRoute[] Routes)> sources, bool prefixes)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{"Route Source",-20} {(prefixes ? "Prefix Routes" : "Routes"),-20} FIB  (vrf default)\n");
        foreach ((string source, ZebraRoute[] routes) in sources)
        {
            text.Append(CultureInfo.InvariantCulture, $"{source,-20} {routes.Length,-20} {routes.Count(route => route.IsInstalled),-20} \n");
        }

        (int all, int installed) = Totals(sources);
        return text.Append(CultureInfo.InvariantCulture, $"------\n{"Totals",-20} {all,-20} {installed,-20} \n\n").ToString();
    }

    private static void Write(Utf8JsonWriter json, List<(string Source, ZebraRoute[] Routes)> sources, bool prefixes)
    {
        string name = prefixes ? "prefixRoutes" : "routes";
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach ((string source, ZebraRoute[] routes) in sources)
        {
            json.WriteStartObject();
            json.WriteNumber("fib", routes.Count(route => route.IsInstalled));
            json.WriteNumber("rib", routes.Length);
            if (!prefixes)
            {
                json.WriteNumber("fibOffLoaded", 0);
                json.WriteNumber("fibTrapped", 0);
            }

            json.WriteString("type", source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        (int all, int installed) = Totals(sources);
        json.WriteNumber($"{name}Total", all);
        json.WriteNumber($"{name}TotalFib", installed);
        json.WriteEndObject();
    }

    private static (int All, int Installed) Totals(List<(string Source, ZebraRoute[] Routes)> sources) =>
        (sources.Sum(of => of.Routes.Length), sources.Sum(of => of.Routes.Count(route => route.IsInstalled)));
}
