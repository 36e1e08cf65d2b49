using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp neighbors [ADDRESS]": a page for each neighbour, with why it is down if it is.</summary>
public static class ShowNeighbors
{
    private static readonly ImmutableArray<(BgpCapabilities Capability, string Name)> _capabilities =
    [
        (BgpCapabilities.FourOctetAs, "4 Byte AS"),
        (BgpCapabilities.ExtendedMessage, "Extended Message"),
        (BgpCapabilities.AddPathReceiveIPv4, "AddPath receive IPv4 Unicast"),
        (BgpCapabilities.AddPathSendIPv4, "AddPath send IPv4 Unicast"),
        (BgpCapabilities.RouteRefresh, "Route refresh"),
        (BgpCapabilities.EnhancedRouteRefresh, "Enhanced Route Refresh"),
        (BgpCapabilities.IPv4Unicast, "Address Family IPv4 Unicast"),
        (BgpCapabilities.IPv6Unicast, "Address Family IPv6 Unicast"),
        (BgpCapabilities.GracefulRestart, "Graceful Restart Capability"),
        (BgpCapabilities.LongLived, "Long-lived Graceful Restart Capability"),
    ];

    public static string Text(BgpSpeaker speaker, InternetAddress? only = null)
    {
        StringBuilder text = new();
        foreach (BgpSession session in Chosen(speaker, only))
        {
            Append(text, speaker, session);
        }

        return text.Length > 0 ? text.ToString() : "% No such neighbor\n";
    }

    public static string Json(BgpSpeaker speaker, InternetAddress? only = null) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (BgpSession session in Chosen(speaker, only))
        {
            json.WritePropertyName(session.Name);
            Write(json, speaker, session);
        }

        json.WriteEndObject();
    });

    private static IEnumerable<BgpSession> Chosen(BgpSpeaker speaker, InternetAddress? only) =>
        speaker.Neighbors.Where(session => only is null || session.Address == only).OrderBy(session => session.Address);

    private static void Append(StringBuilder text, BgpSpeaker speaker, BgpSession session)
    {
        string place = session.Configuration.Interface is { } device ? $"on {device}: {session.Address}" : $"is {session.Address}";
        string link = ShowWords.Kind(speaker, session);
        text.Append(CultureInfo.InvariantCulture,
            $"BGP neighbor {place}, remote AS {session.RemoteAs}, local AS {session.LocalAs}, {link} link\n");
        if (session.Configuration.Description.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Description: {session.Configuration.Description}\n");
        }

        text.Append(CultureInfo.InvariantCulture,
            $"  BGP version 4, remote router ID {session.RemoteIdentifier}, local router ID {speaker.Configuration.RouterId}\n");
        text.Append(CultureInfo.InvariantCulture, $"  BGP state = {ShowWords.State(session)}");
        text.Append(session.IsEstablished ? $", up for {ShowWords.Uptime(speaker, session)}\n" : "\n");
        ushort hold = session.IsEstablished ? session.HoldTime : session.Timers.HoldTime;
        ushort keepalive = session.IsEstablished ? session.KeepaliveTime : session.Timers.KeepaliveTime;
        text.Append(CultureInfo.InvariantCulture,
            $"  Hold time is {hold} seconds, keepalive interval is {keepalive} seconds\n");
        if (session.IsEstablished)
        {
            AppendCapabilities(text, session);
        }

        AppendStatistics(text, session.Counters);
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.IPv4, AddressFamily.IPv6])
        {
            if (session.Has(family))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n For address family: {ShowWords.FamilyName(family)}\n");
                text.Append(session.Configuration.RouteReflectorClient ? "  Route-Reflector Client\n" : "");
                text.Append(session.Configuration.NextHop == NextHopMode.Self ? "  NEXT_HOP is always this router\n" : "");
                text.Append(CultureInfo.InvariantCulture, $"  {session.PrefixesReceived(family)} accepted prefixes\n");
            }
        }

        int established = session.Counters.Flaps + (session.IsEstablished ? 1 : 0);
        text.Append(CultureInfo.InvariantCulture,
            $"\n  Connections established {established}; dropped {session.Counters.Flaps}\n");
        AppendReset(text, session);
        if (session.IsEstablished)
        {
            text.Append(CultureInfo.InvariantCulture, $"Local host: {session.LocalAddress}, Local port: {session.LocalPort}\n");
            text.Append(CultureInfo.InvariantCulture, $"Foreign host: {session.Address}, Foreign port: {session.RemotePort}\n");
        }

        text.Append('\n');
    }

    private static void AppendCapabilities(StringBuilder text, BgpSession session)
    {
        text.Append("  Neighbor capabilities:\n");
        foreach ((BgpCapabilities capability, string name) in _capabilities)
        {
            bool ours = (session.LocalCapabilities & capability) != 0;
            bool theirs = (session.RemoteCapabilities & capability) != 0;
            if (ours || theirs)
            {
                string who = ours && theirs ? "advertised and received" : ours ? "advertised" : "received";
                text.Append(CultureInfo.InvariantCulture, $"    {name}: {who}\n");
            }
        }
    }

    private static void AppendStatistics(StringBuilder text, SessionCounters counters)
    {
        text.Append("  Message statistics:\n    Inq depth is 0\n    Outq depth is 0\n");
        text.Append("                         Sent       Rcvd\n");
        AppendCount(text, "Opens:", counters.OpensSent, counters.OpensReceived);
        AppendCount(text, "Notifications:", counters.NotificationsSent, counters.NotificationsReceived);
        AppendCount(text, "Updates:", counters.UpdatesSent, counters.UpdatesReceived);
        AppendCount(text, "Keepalives:", counters.KeepalivesSent, counters.KeepalivesReceived);
        AppendCount(text, "Route Refresh:", counters.RefreshesSent, counters.RefreshesReceived);
        AppendCount(text, "Capability:", 0, 0);
        AppendCount(text, "Total:", counters.TotalSent, counters.TotalReceived);
    }

    private static void AppendCount(StringBuilder text, string name, uint sent, uint received) =>
        text.Append(CultureInfo.InvariantCulture, $"    {name,-15}{sent,10} {received,10}\n");

    private static void AppendReset(StringBuilder text, BgpSession session)
    {
        string why = ShowWords.Why(session.NotEstablished);
        string error = session.LastError.IsError ? ShowWords.Error(session.LastError) : "";
        if (why.Length == 0 && error.Length == 0)
        {
            text.Append("  Last reset never\n");
            return;
        }

        string separator = why.Length > 0 && error.Length > 0 ? ", " : "";
        text.Append(CultureInfo.InvariantCulture, $"  Last reset: {why}{separator}{error}\n");
    }

    private static void Write(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session)
    {
        json.WriteStartObject();
        json.WriteNumber("remoteAs", session.Configuration.RemoteAs);
        json.WriteNumber("localAs", speaker.Configuration.As);
        json.WriteBoolean(ShowWords.Kind(speaker, session) switch
        {
            "internal" => "nbrInternalLink",
            "external" => "nbrExternalLink",
            "confed-internal" => "nbrConfedInternalLink",
            _ => "nbrConfedExternalLink",
        }, true);
        json.WriteNumber("bgpVersion", 4);
        json.WriteString("remoteRouterId", session.RemoteIdentifier.ToString());
        json.WriteString("localRouterId", speaker.Configuration.RouterId.ToString());
        json.WriteString("bgpState", ShowWords.State(session));
        if (session.IsEstablished)
        {
            json.WriteNumber("bgpTimerUpMsec", ShowWords.UptimeMilliseconds(speaker, session));
            json.WriteString("bgpTimerUpString", ShowWords.Uptime(speaker, session));
            json.WriteNumber("bgpTimerHoldTimeMsecs", session.HoldTime * 1000);
            json.WriteNumber("bgpTimerKeepAliveIntervalMsecs", session.KeepaliveTime * 1000);
        }

        SessionCounters counters = session.Counters;
        json.WriteStartObject("messageStats");
        json.WriteNumber("opensSent", counters.OpensSent);
        json.WriteNumber("opensRecv", counters.OpensReceived);
        json.WriteNumber("notificationsSent", counters.NotificationsSent);
        json.WriteNumber("notificationsRecv", counters.NotificationsReceived);
        json.WriteNumber("updatesSent", counters.UpdatesSent);
        json.WriteNumber("updatesRecv", counters.UpdatesReceived);
        json.WriteNumber("keepalivesSent", counters.KeepalivesSent);
        json.WriteNumber("keepalivesRecv", counters.KeepalivesReceived);
        json.WriteNumber("routeRefreshSent", counters.RefreshesSent);
        json.WriteNumber("routeRefreshRecv", counters.RefreshesReceived);
        json.WriteNumber("totalSent", counters.TotalSent);
        json.WriteNumber("totalRecv", counters.TotalReceived);
        json.WriteEndObject();
        json.WriteStartObject("addressFamilyInfo");
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.IPv4, AddressFamily.IPv6])
        {
            if (session.Has(family))
            {
                json.WriteStartObject(ShowWords.FamilyKey(family));
                json.WriteNumber("acceptedPrefixCounter", session.PrefixesReceived(family));
                json.WriteNumber("sentPrefixCounter", session.PrefixesSent(family));
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
        json.WriteNumber("connectionsEstablished", counters.Flaps + (session.IsEstablished ? 1 : 0));
        json.WriteNumber("connectionsDropped", counters.Flaps);
        if (!session.IsEstablished)
        {
            json.WriteString("lastResetDueTo", ShowWords.Why(session.NotEstablished));
            json.WriteString("lastNotificationReason", session.LastError.IsError ? ShowWords.Error(session.LastError) : "");
        }

        json.WriteEndObject();
    }
}
