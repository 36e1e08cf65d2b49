using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp summary": one line a neighbour. Pure: it changes nothing.</summary>
public static class ShowSummary
{
    private const int MinimumNeighborWidth = 15;

    /// <summary>BGP_DYNAMIC_NEIGHBORS_LIMIT_DEFAULT.</summary>
    private const int DefaultListenLimit = FrrRouter.DefaultListenLimit;

    // What a path and a session take at the least (DESIGN.md): FRR tells what its own structures take.
    private const int PathBytes = 12;
    private const int SessionBytes = 160;

    /// <param name="speaker">The router that is asked.</param>
    /// <param name="family">The family.</param>
    /// <param name="titled">With the family's name above, as where a command names no subsequent family.</param>
    /// <param name="which">"established", "failed", or null for all neighbours.</param>
    public static string Text(BgpSpeaker speaker, AddressFamily family, bool titled = true, string? which = null)
    {
        List<BgpSession> all = Neighbors(speaker, family);
        StringBuilder text = new();
        if (all.Count == 0)
        {
            return $"% No BGP neighbors found in VRF default\n";
        }

        text.Append(titled ? $"\n{ShowWords.FamilyName(family)} Summary (VRF default):\n" : "");
        text.Append(CultureInfo.InvariantCulture,
            $"BGP router identifier {speaker.Configuration.RouterId}, local AS number {speaker.Configuration.As} vrf-id 0\n");
        text.Append(speaker is { SendsMaximumMed: true, Configuration.StartupMed: not null } ? "Max-med on-startup active\n" : "");
        text.Append(speaker.Configuration.MaximumMed is null ? "" : "Max-med administrative active\n");
        text.Append(CultureInfo.InvariantCulture, $"BGP table version {speaker.TableVersion(family)}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"RIB entries {speaker.RouteCount(family)}, using {(long)speaker.PathCount(family) * PathBytes} bytes of memory\n");
        text.Append(CultureInfo.InvariantCulture, $"Peers {all.Count}, using {Kibibytes(all.Count)} KiB of memory\n");
        text.Append(speaker.Configuration.Damping is null ? "\n" : "Dampening enabled.\n\n");

        List<BgpSession> neighbors = all.FindAll(session => IsChosen(session, which));
        AcceptedPaths accepted = new(speaker);
        int width = Math.Max(MinimumNeighborWidth, all.Max(session => Name(session).Length)) + 1;
        text.Append("Neighbor".PadRight(width)).Append(which == "failed"
            ? "EstdCnt DropCnt ResetTime Reason\n"
            : "V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n");
        foreach (BgpSession session in neighbors)
        {
            if (which == "failed")
            {
                text.Append(Name(session).PadRight(width)).Append(CultureInfo.InvariantCulture,
                    $"{ShowWords.TimesEstablished(session),7} {session.Counters.Flaps,7} {ShowWords.Uptime(speaker, session),9} {ShowWords.Why(session.NotEstablished)}\n");
            }
            else
            {
                AppendLine(text, speaker, session, family, width, accepted.Of(session, family));
            }
        }

        text.Append(which is null ? "" : string.Create(CultureInfo.InvariantCulture, $"\nDisplayed neighbors {neighbors.Count}"));
        text.Append(CultureInfo.InvariantCulture, $"\nTotal number of neighbors {all.Count}\n");
        int dynamic = all.Count(session => session.IsDynamic);
        if (dynamic > 0)
        {
            int limit = speaker.Configuration.NeighborRanges.Select(range => range.Limit).FirstOrDefault(range => range > 0);
            text.Append(CultureInfo.InvariantCulture, $"* - dynamic neighbor\n{dynamic} dynamic neighbor(s), limit {(limit > 0 ? limit : DefaultListenLimit)}\n");
        }

        return text.ToString();
    }

    /// <summary>One family's object alone, as where a command names the subsequent family.</summary>
    public static string Json(BgpSpeaker speaker, AddressFamily family, string? which) => ShowJson.Write(json =>
    {
        List<BgpSession> neighbors = Neighbors(speaker, family);
        if (neighbors.Count > 0)
        {
            WriteFamily(json, speaker, family, neighbors, which);
            return;
        }

        json.WriteStartObject();
        json.WriteEndObject();
    });

    public static string Json(BgpSpeaker speaker, IEnumerable<AddressFamily> families, string? which = null) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (AddressFamily family in families)
        {
            List<BgpSession> neighbors = Neighbors(speaker, family);
            if (neighbors.Count > 0)
            {
                json.WritePropertyName(ShowWords.FamilyKey(family));
                WriteFamily(json, speaker, family, neighbors, which);
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

    private static bool IsChosen(BgpSession session, string? which) =>
        which is null || session.IsEstablished == (which == "established");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Kibibytes(int sessions) => ((sessions * SessionBytes) + 1023) / 1024;

    private static string Name(BgpSession session) => session.IsDynamic ? $"*{session.Name}" : session.Name;

    private static void AppendLine(
        StringBuilder text, BgpSpeaker speaker, BgpSession session, AddressFamily family, int width, int accepted)
    {
        long version = session.IsEstablished ? speaker.TableVersion(family) : 0;
        text.Append(Name(session).PadRight(width)).Append(CultureInfo.InvariantCulture,
            $"4 {session.RemoteAs,10} {session.Counters.TotalReceived,9} {session.Counters.TotalSent,9} "
            + $"{version,8} {0,4} {0,4} {ShowWords.Uptime(speaker, session),8}");
        if (session.IsEstablished)
        {
            // RFC 8212: an external neighbour without a policy neither tells nor is told anything, and bgpd says why here.
            bool required = session.Configuration.RequiresPolicy && session.IsOutside;
            string received = !session.Has(family) ? "NoNeg" : required && session.Configuration.Import is null ? "(Policy)" : Number(accepted);
            string sent = !session.Has(family) ? "NoNeg" : required && session.Configuration.Export is null ? "(Policy)" : Number(session.PrefixesSent(family));
            text.Append(CultureInfo.InvariantCulture, $" {received,12} {sent,8}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $" {ShowWords.State(session),12} {0,8}");
        }

        text.Append(' ').Append(session.Configuration.Description.Length > 0 ? session.Configuration.Description : "N/A").Append('\n');
    }

    private static void WriteFamily(
        Utf8JsonWriter json, BgpSpeaker speaker, AddressFamily family, List<BgpSession> neighbors, string? which)
    {
        List<BgpSession> chosen = neighbors.FindAll(session => IsChosen(session, which));
        AcceptedPaths accepted = new(speaker);
        json.WriteStartObject();
        json.WriteString("routerId", speaker.Configuration.RouterId.ToString());
        json.WriteNumber("as", speaker.Configuration.As);
        json.WriteNumber("vrfId", 0);
        json.WriteString("vrfName", "default");
        ShowJson.WriteIf(json, "dampeningEnabled", speaker.Configuration.Damping is not null);
        ShowJson.WriteIf(json, "maxMedOnStartup", speaker is { SendsMaximumMed: true, Configuration.StartupMed: not null });
        ShowJson.WriteIf(json, "maxMedAdministrative", speaker.Configuration.MaximumMed is not null);
        json.WriteNumber("tableVersion", speaker.TableVersion(family));
        json.WriteNumber("ribCount", speaker.RouteCount(family));
        json.WriteNumber("ribMemory", (long)speaker.PathCount(family) * PathBytes);
        json.WriteNumber("peerCount", neighbors.Count);
        json.WriteNumber("peerMemory", neighbors.Count * SessionBytes);
        json.WriteStartObject("peers");
        foreach (BgpSession session in chosen)
        {
            json.WritePropertyName(session.Name);
            WritePeer(json, speaker, session, family, accepted.Of(session, family));
        }

        json.WriteEndObject();
        json.WriteNumber("failedPeers", neighbors.Count(session => !session.IsEstablished));
        json.WriteNumber("displayedPeers", chosen.Count);
        json.WriteNumber("totalPeers", neighbors.Count);
        json.WriteNumber("dynamicPeers", neighbors.Count(session => session.IsDynamic));
        json.WriteStartObject("bestPath");
        json.WriteString("multiPathRelax", speaker.Configuration.BestPath.MultipathRelax ? "true" : "false");
        if (!speaker.Configuration.BestPath.PreferOlder)
        {
            json.WriteString("compareRouterId", "true");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePeer(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, AddressFamily family, int accepted)
    {
        json.WriteStartObject();
        json.WriteNumber("remoteAs", session.RemoteAs);
        json.WriteNumber("localAs", session.LocalAs);
        json.WriteNumber("version", 4);
        json.WriteNumber("msgRcvd", session.Counters.TotalReceived);
        json.WriteNumber("msgSent", session.Counters.TotalSent);
        json.WriteNumber("tableVersion", session.IsEstablished ? speaker.TableVersion(family) : 0);
        json.WriteNumber("outq", 0);
        json.WriteNumber("inq", 0);
        json.WriteString("peerUptime", ShowWords.Uptime(speaker, session));
        json.WriteNumber("peerUptimeMsec", ShowWords.UptimeMilliseconds(speaker, session));
        json.WriteNumber("pfxRcd", accepted);
        json.WriteNumber("pfxSnt", session.PrefixesSent(family));
        if (session.Configuration.Description.Length > 0)
        {
            json.WriteString("desc", session.Configuration.Description);
        }

        json.WriteString("state", ShowWords.State(session));
        json.WriteString("peerState", session.Configuration.Shutdown ? "Admin" : "OK");
        json.WriteNumber("connectionsEstablished", ShowWords.TimesEstablished(session));
        json.WriteNumber("connectionsDropped", session.Counters.Flaps);
        ShowJson.WriteIf(json, "dynamicPeer", session.IsDynamic);
        json.WriteString("idType", session.Configuration.Interface is null ? ShowWords.Afi(session.Address.Family) : "interface");
        json.WriteEndObject();
    }
}
