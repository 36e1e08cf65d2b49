using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp FAMILY neighbors ADDRESS routes|received-routes|filtered-routes|advertised-routes".</summary>
internal static class ShowNeighborRoutes
{
    /// <summary>False if the last word is another one.</summary>
    public static bool TryRun(BgpSpeaker speaker, AddressFamily family, InternetAddress peer, string which, bool json, out string output)
    {
        output = "";
        if (which is not ("routes" or "received-routes" or "filtered-routes" or "advertised-routes"))
        {
            return false;
        }

        if (speaker.FindNeighbor(peer) is not { } session)
        {
            output = json ? ShowJson.Write(WriteNoSuchNeighbor) : "No such neighbor in this view/vrf\n";
            return true;
        }

        List<BgpPath> paths =
        [
            .. PathsOf(speaker, family, session, which).OrderBy(path => path.Prefix).ThenBy(path => path.PathId),
        ];
        if (which == "routes")
        {
            output = json ? ShowRoutes.Json(speaker, family, "routes", paths) : ShowRoutes.Text(speaker, family, paths);
            return true;
        }

        int filtered = which == "received-routes"
            ? speaker.ReceivedRoutes(session, family).Count(path => path.Rejection == Rib.PathRejection.Policy) : 0;
        string key = which == "advertised-routes" ? "advertisedRoutes" : "receivedRoutes";
        output = json
            ? ShowRoutes.NeighborJson(speaker, family, key, paths, filtered)
            : ShowRoutes.NeighborText(speaker, family, paths, filtered);
        return true;
    }

    private static void WriteNoSuchNeighbor(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("warning", "No such neighbor in this view/vrf");
        json.WriteEndObject();
    }

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
