using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp FAMILY neighbors ADDRESS routes|received-routes|filtered-routes|advertised-routes".</summary>
internal static class ShowNeighborRoutes
{
    /// <summary>False if the last word is another one.</summary>
    public static bool TryRun(
        BgpSpeaker speaker, AddressFamily family, string neighbor, string which, bool json, FrrConfiguration? model, out string output)
    {
        output = "";
        if (which is not ("routes" or "received-routes" or "filtered-routes" or "advertised-routes"))
        {
            return false;
        }

        if (!InternetAddress.TryParse(neighbor, out InternetAddress address))
        {
            output = json ? Said("malformedAddressOrName", neighbor) : $"% Malformed address or name: {neighbor}\n";
        }
        else if (speaker.FindNeighbor(address) is not { } session)
        {
            output = json ? Said("warning", "No such neighbor in this view/vrf") : "No such neighbor in this view/vrf\n";
        }
        else if (!(family == AddressFamily.IPv4 ? session.Configuration.IPv4Unicast : session.Configuration.IPv6Unicast))
        {
            output = json ? Said("warning", "No such neighbor or address family") : "% No such neighbor or address family\n";
        }
        else if (which is "received-routes" or "filtered-routes" && !new ShowFilters(model, session).KeepsReceived(family))
        {
            output = json ? Said("warning", "Inbound soft reconfiguration not enabled") : "% Inbound soft reconfiguration not enabled\n";
        }
        else
        {
            output = Routes(speaker, family, session, which, json);
        }

        return true;
    }

    private static string Routes(BgpSpeaker speaker, AddressFamily family, BgpSession session, string which, bool json)
    {
        List<BgpPath> paths =
        [
            .. PathsOf(speaker, family, session, which).OrderBy(path => path.Prefix).ThenBy(path => path.PathId),
        ];

        // What stands above the routes comes with the first one that is looked at.
        bool headed = paths.Count > 0 || (which == "filtered-routes" && speaker.ReceivedRoutes(session, family).Any());
        if (!json && !headed)
        {
            return "";
        }

        if (which == "routes")
        {
            return json ? ShowRoutes.Json(speaker, family, "routes", paths) : ShowRoutes.Text(speaker, family, paths);
        }

        int filtered = which == "received-routes"
            ? speaker.ReceivedRoutes(session, family).Count(path => path.Rejection == Rib.PathRejection.Policy) : 0;
        string key = which == "advertised-routes" ? "advertisedRoutes" : "receivedRoutes";
        return json
            ? ShowRoutes.NeighborJson(speaker, family, key, paths, filtered, headed)
            : ShowRoutes.NeighborText(speaker, family, paths, filtered);
    }

    private static string Said(string name, string what) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString(name, what);
        json.WriteEndObject();
    });

    private static IEnumerable<BgpPath> PathsOf(BgpSpeaker speaker, AddressFamily family, BgpSession session, string which) => which switch
    {
        "routes" => speaker.ReceivedRoutes(session, family).Where(path => path.Rejection == Rib.PathRejection.None),

        // As the neighbour sent them, before policy.
        "received-routes" => speaker.ReceivedRoutes(session, family)
            .Select(path => path with { Attributes = path.Received, Rejection = Rib.PathRejection.None, IsBest = true, IsMultipath = false }),
        "filtered-routes" => speaker.ReceivedRoutes(session, family)
            .Where(path => path.Rejection == Rib.PathRejection.Policy)
            .Select(path => path with { Rejection = Rib.PathRejection.None, IsBest = true }),
        _ => speaker.AdvertisedRoutes(session, family).Select(route => new BgpPath(route.Prefix, route.Attributes)
        {
            IsBest = true,
            Peer = session,
        }),
    };
}
