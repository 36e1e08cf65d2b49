using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp summary": one line a neighbour. Pure: it changes nothing.</summary>
public static class ShowSummary
{
    private const int MinimumNeighborWidth = 15;

    public static string Text(BgpSpeaker speaker, AddressFamily family)
    {
        List<BgpSession> neighbors = Neighbors(speaker, family);
        StringBuilder text = new();
        if (neighbors.Count == 0)
        {
            return $"% No BGP neighbors found in VRF default\n";
        }

        text.Append(CultureInfo.InvariantCulture, $"{ShowWords.FamilyName(family)} Summary (VRF default):\n");
        text.Append(CultureInfo.InvariantCulture,
            $"BGP router identifier {speaker.Configuration.RouterId}, local AS number {speaker.Configuration.As} vrf-id 0\n");
        text.Append(CultureInfo.InvariantCulture, $"BGP table version {speaker.TableVersion(family)}\n");
        text.Append(CultureInfo.InvariantCulture, $"RIB entries {speaker.RouteCount(family)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Peers {neighbors.Count}\n\n");

        int width = Math.Max(MinimumNeighborWidth, neighbors.Max(session => Name(session).Length)) + 1;
        text.Append("Neighbor".PadRight(width))
            .Append("V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n");
        foreach (BgpSession session in neighbors)
        {
            AppendLine(text, speaker, session, family, width);
        }

        text.Append(CultureInfo.InvariantCulture, $"\nTotal number of neighbors {neighbors.Count}\n");
        return text.ToString();
    }

    public static string Json(BgpSpeaker speaker, IEnumerable<AddressFamily> families) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (AddressFamily family in families)
        {
            List<BgpSession> neighbors = Neighbors(speaker, family);
            if (neighbors.Count > 0)
            {
                json.WritePropertyName(ShowWords.FamilyKey(family));
                WriteFamily(json, speaker, family, neighbors);
            }
        }

        json.WriteEndObject();
    });

    internal static List<BgpSession> Neighbors(BgpSpeaker speaker, AddressFamily family) =>
    [
        .. speaker.Neighbors
            .Where(session => family == AddressFamily.IPv4 ? session.Configuration.IPv4Unicast : session.Configuration.IPv6Unicast)
            .OrderBy(session => session.Address),
    ];

    private static string Name(BgpSession session) => session.IsDynamic ? $"*{session.Name}" : session.Name;

    private static void AppendLine(
        StringBuilder text, BgpSpeaker speaker, BgpSession session, AddressFamily family, int width)
    {
        long version = session.IsEstablished ? speaker.TableVersion(family) : 0;
        text.Append(Name(session).PadRight(width)).Append(CultureInfo.InvariantCulture,
            $"4 {session.Configuration.RemoteAs,10} {session.Counters.TotalReceived,9} {session.Counters.TotalSent,9} "
            + $"{version,8} {0,4} {0,4} {ShowWords.Uptime(speaker, session),8}");
        if (session.IsEstablished)
        {
            text.Append(CultureInfo.InvariantCulture,
                $" {session.PrefixesReceived(family),12} {session.PrefixesSent(family),8}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $" {ShowWords.State(session),12} {0,8}");
        }

        text.Append(' ').Append(session.Configuration.Description.Length > 0 ? session.Configuration.Description : "N/A").Append('\n');
    }

    private static void WriteFamily(Utf8JsonWriter json, BgpSpeaker speaker, AddressFamily family, List<BgpSession> neighbors)
    {
        json.WriteStartObject();
        json.WriteString("routerId", speaker.Configuration.RouterId.ToString());
        json.WriteNumber("as", speaker.Configuration.As);
        json.WriteNumber("vrfId", 0);
        json.WriteString("vrfName", "default");
        json.WriteNumber("tableVersion", speaker.TableVersion(family));
        json.WriteNumber("ribCount", speaker.RouteCount(family));
        json.WriteNumber("peerCount", neighbors.Count);
        json.WriteStartObject("peers");
        foreach (BgpSession session in neighbors)
        {
            json.WritePropertyName(session.Name);
            WritePeer(json, speaker, session, family);
        }

        json.WriteEndObject();
        json.WriteNumber("failedPeers", neighbors.Count(session => !session.IsEstablished));
        json.WriteNumber("displayedPeers", neighbors.Count);
        json.WriteNumber("totalPeers", neighbors.Count);
        json.WriteNumber("dynamicPeers", neighbors.Count(session => session.IsDynamic));
        json.WriteEndObject();
    }

    private static void WritePeer(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, AddressFamily family)
    {
        json.WriteStartObject();
        json.WriteNumber("remoteAs", session.Configuration.RemoteAs);
        json.WriteNumber("localAs", speaker.Configuration.As);
        json.WriteNumber("version", 4);
        json.WriteNumber("msgRcvd", session.Counters.TotalReceived);
        json.WriteNumber("msgSent", session.Counters.TotalSent);
        json.WriteNumber("tableVersion", session.IsEstablished ? speaker.TableVersion(family) : 0);
        json.WriteNumber("outq", 0);
        json.WriteNumber("inq", 0);
        json.WriteString("peerUptime", ShowWords.Uptime(speaker, session));
        json.WriteNumber("peerUptimeMsec", ShowWords.UptimeMilliseconds(speaker, session));
        json.WriteNumber("pfxRcd", session.PrefixesReceived(family));
        json.WriteNumber("pfxSnt", session.PrefixesSent(family));
        if (session.Configuration.Description.Length > 0)
        {
            json.WriteString("desc", session.Configuration.Description);
        }

        json.WriteString("state", ShowWords.State(session));
        json.WriteString("peerState", session.Configuration.Shutdown ? "Admin" : "OK");
        json.WriteNumber("connectionsEstablished", session.Counters.Flaps + (session.IsEstablished ? 1 : 0));
        json.WriteNumber("connectionsDropped", session.Counters.Flaps);
        json.WriteString("idType", ShowWords.Afi(session.Address.Family));
        json.WriteEndObject();
    }
}
