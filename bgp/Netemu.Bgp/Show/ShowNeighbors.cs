using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp neighbors [ADDRESS]": a page for each neighbour, with why it is down if it is.</summary>
public static class ShowNeighbors
{
    public static string Text(BgpSpeaker speaker, InternetAddress? only = null, FrrConfiguration? model = null)
    {
        StringBuilder text = new();
        AcceptedPaths accepted = new(speaker);
        foreach (BgpSession session in Chosen(speaker, only))
        {
            Append(text, speaker, session, accepted, new ShowFilters(model, session));
        }

        return text.Length > 0 || only is null ? text.ToString() : "% No such neighbor in this view/vrf\n\n";
    }

    public static string Json(BgpSpeaker speaker, InternetAddress? only = null, FrrConfiguration? model = null) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        List<BgpSession> chosen = [.. Chosen(speaker, only)];
        AcceptedPaths accepted = new(speaker);
        foreach (BgpSession session in chosen)
        {
            json.WritePropertyName(session.Name);
            ShowNeighborJson.Write(json, speaker, session, accepted, new ShowFilters(model, session));
        }

        if (chosen.Count == 0 && only is not null)
        {
            json.WriteBoolean("bgpNoSuchNeighbor", true);
        }

        json.WriteEndObject();
    });

    private static IEnumerable<BgpSession> Chosen(BgpSpeaker speaker, InternetAddress? only) =>
        speaker.Neighbors.Where(session => only is null || session.Address == only).OrderBy(session => session.Address);

    private static void Append(StringBuilder text, BgpSpeaker speaker, BgpSession session, AcceptedPaths accepted, ShowFilters filters)
    {
        BgpNeighborConfiguration configuration = session.Configuration;
        string place = configuration.Interface is { } device ? $"on {device}: {session.Address}" : $"is {session.Address}";
        string link = ShowWords.Kind(speaker, session);
        text.Append(CultureInfo.InvariantCulture,
            $"BGP neighbor {place}, remote AS {session.RemoteAs}, local AS {session.LocalAs}{(configuration.LocalAsNoPrepend ? " no-prepend" : "")}{(configuration.LocalAsReplaces ? " replace-as" : "")}, {link} link\n");
        text.Append(CultureInfo.InvariantCulture, $"  Local Role: {ShowWords.Role(configuration.Role)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Remote Role: {ShowWords.Role(session.RemoteCapabilities)}\n");
        if (configuration.Description.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Description: {configuration.Description}\n");
        }

        text.Append(filters.Group is null ? "" : $" Member of peer-group {filters.Group} for session parameters\n");
        text.Append(configuration.Shutdown ? " Administratively shut down\n" : "");
        text.Append(session.IsConfederation ? "  Neighbor under common administration\n" : "");
        text.Append(CultureInfo.InvariantCulture,
            $"  BGP version 4, remote router ID {session.RemoteIdentifier}, local router ID {speaker.Configuration.RouterId}\n");
        text.Append(CultureInfo.InvariantCulture, $"  BGP state = {session.State}");
        text.Append(session.IsEstablished ? $", up for {ShowWords.Uptime(speaker, session)}\n" : "\n");
        ushort hold = session.IsEstablished ? session.HoldTime : session.Timers.HoldTime;
        ushort keepalive = session.IsEstablished ? session.KeepaliveTime : session.Timers.KeepaliveTime;
        text.Append(CultureInfo.InvariantCulture,
            $"  Hold time is {hold} seconds, keepalive interval is {keepalive} seconds\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  Configured hold time is {session.Timers.HoldTime} seconds, keepalive interval is {session.Timers.KeepaliveTime} seconds\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  Configured conditional advertisements interval is {speaker.Configuration.ConditionInterval.Milliseconds / 1000} seconds\n");
        if (speaker.UntilConditions is { } until)
        {
            text.Append(CultureInfo.InvariantCulture, $"  Time until conditional advertisements begin is {until.Milliseconds / 1000} seconds\n");
        }

        if (session.IsEstablished)
        {
            AppendCapabilities(text, session);
        }

        ShowGracefulRestart.Append(text, speaker, session, filters);
        AppendStatistics(text, session.Counters);
        Duration interval = ShowWords.AdvertisementInterval(session);
        text.Append(CultureInfo.InvariantCulture, $"  Minimum time between advertisement runs is {interval.Milliseconds / 1000} seconds\n");
        text.Append(ShowWords.UpdateSource(session, filters) is { } source ? $"  Update source is {source}\n" : "");
        foreach (AddressFamily family in ShowWords.ConfiguredFamilies(session))
        {
            AppendFamily(text, speaker, session, family, accepted, filters);
        }

        text.Append(CultureInfo.InvariantCulture,
            $"\n  Connections established {ShowWords.TimesEstablished(session)}; dropped {session.Counters.Flaps}\n");
        AppendReset(text, speaker, session);
        text.Append(CultureInfo.InvariantCulture,
            $"  {(session.IsInternal ? "Internal" : "External")} BGP neighbor may be up to {ShowWords.MaximumHops(session, filters)} hops away.\n");
        if (session.IsEstablished)
        {
            text.Append(CultureInfo.InvariantCulture, $"Local host: {session.LocalAddress}, Local port: {session.LocalPort}\n");
            text.Append(CultureInfo.InvariantCulture, $"Foreign host: {session.Address}, Foreign port: {session.RemotePort}\n");
        }

        text.Append(configuration.Password is null ? "" : "Peer Authentication Enabled\n");
        text.Append(CultureInfo.InvariantCulture, $"BGP Connect Retry Timer in Seconds: {session.Timers.ConnectRetry.Milliseconds / 1000}\n");
        if (!session.IsEstablished && session.NextAttempt is { } next)
        {
            text.Append(CultureInfo.InvariantCulture, $"Next connect timer due in {(next - speaker.Scheduler.Now).Milliseconds / 1000} seconds\n");
        }

        text.Append('\n');
    }

    private static void AppendFamily(
        StringBuilder text, BgpSpeaker speaker, BgpSession session, AddressFamily family, AcceptedPaths accepted, ShowFilters filters)
    {
        BgpNeighborConfiguration configuration = session.Configuration;
        text.Append(CultureInfo.InvariantCulture, $"\n For address family: {ShowWords.FamilyName(family)}\n");
        text.Append(filters.Group is null ? "" : $"  {filters.Group} peer-group member\n");
        text.Append(session.Has(family) ? "" : "  Not part of any update group\n");
        foreach ((bool isSo, string words, string _) in ShowWords.FamilyFlags(configuration, family, filters))
        {
            text.Append(isSo ? $"  {words}\n" : "");
        }

        string kinds = configuration.SendCommunities switch
        {
            CommunityKinds.None => "",
            CommunityKinds.All => "all",
            CommunityKinds.Standard | CommunityKinds.Extended => "both",
            CommunityKinds.Extended => "extended",
            CommunityKinds.Standard => "standard",
            _ => "large",
        };
        text.Append(kinds.Length > 0 ? $"  Community attribute sent to this neighbor({kinds})\n" : "");
        if (configuration.DefaultOriginate)
        {
            string map = ShowWords.DefaultMap(family, filters) is { } name ? $" default route-map {filters.Marked(name)}," : "";
            text.Append($"  Default information originate,{map} default {(session.Has(family) ? "sent" : "not sent")}\n");
        }

        text.Append(configuration.Import is null ? "" : "  Inbound path policy configured\n");
        text.Append(configuration.Export is null ? "" : "  Outbound path policy configured\n");
        filters.Append(text, speaker, session, family);
        bool required = configuration.RequiresPolicy && session.IsOutside;
        text.Append(required && configuration.Import is null ? "  Inbound updates discarded due to missing policy\n" : "");
        text.Append(required && configuration.Export is null ? "  Outbound updates discarded due to missing policy\n" : "");
        text.Append(CultureInfo.InvariantCulture, $"  {accepted.Of(session, family)} accepted prefixes\n");
        if (configuration.MaximumPrefixes > 0)
        {
            string warning = configuration.MaximumPrefixesWarningOnly ? " (warning-only)" : "";
            string restart = configuration.MaximumPrefixesRestart > Duration.Zero ? $", restart interval {configuration.MaximumPrefixesRestart.Milliseconds / 60_000} min" : "";
            text.Append(CultureInfo.InvariantCulture, $"  Maximum prefixes allowed {configuration.MaximumPrefixes}{warning}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Threshold for warning message {ShowWords.Threshold(family, filters)}%{restart}\n");
        }
    }

    private static void AppendCapabilities(StringBuilder text, BgpSession session)
    {
        text.Append("  Neighbor capabilities:\n");
        AppendCapability(text, session, BgpCapabilities.FourOctetAs, "    4 Byte AS: ");
        AppendCapability(text, session, BgpCapabilities.ExtendedMessage, "    Extended Message: ");
        AppendAddPath(text, session);
        AppendCapability(text, session, BgpCapabilities.ExtendedNextHop, "    Extended nexthop: ");
        if (session.Both(BgpCapabilities.ExtendedNextHop))
        {
            text.Append("      Address families by peer:\n                   IPv4 Unicast\n");
        }

        AppendCapability(text, session, BgpCapabilities.LongLived, "    Long-lived Graceful Restart: ");
        if ((session.RemoteCapabilities & BgpCapabilities.LongLived) != 0)
        {
            text.Append("      Address families by peer:\n");
            text.Append((session.RemoteCapabilities & BgpCapabilities.LongLivedIPv4) != 0 ? "           IPv4 Unicast\n" : "");
            text.Append((session.RemoteCapabilities & BgpCapabilities.LongLivedIPv6) != 0 ? "           IPv6 Unicast\n" : "");
        }

        AppendCapability(text, session, BgpCapabilities.RouteRefresh, "    Route refresh: ", "(new)");
        AppendCapability(text, session, BgpCapabilities.EnhancedRouteRefresh, "    Enhanced Route Refresh: ");
        AppendCapability(text, session, BgpCapabilities.IPv4Unicast, "    Address Family IPv4 Unicast: ");
        AppendCapability(text, session, BgpCapabilities.IPv6Unicast, "    Address Family IPv6 Unicast: ");
        AppendCapability(text, session, BgpCapabilities.GracefulRestart, "    Graceful Restart Capability: ");
        if ((session.RemoteCapabilities & BgpCapabilities.GracefulRestart) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"      Remote Restart timer is {session.RemoteRestartTime} seconds\n      Address families by peer:\n");
            List<AddressFamily> families = ShowWords.RestartFamilies(session);
            foreach (AddressFamily family in families)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"        {ShowWords.FamilyName(family)}({(ShowWords.IsForwardingPreserved(session, family) ? "preserved" : "not preserved")})\n");
            }

            text.Append(families.Count == 0 ? "        none\n" : "");
        }
    }

    private static void AppendCapability(
        StringBuilder text, BgpSession session, BgpCapabilities capability, string name, string detail = "")
    {
        bool ours = (session.LocalCapabilities & capability) != 0;
        bool theirs = (session.RemoteCapabilities & capability) != 0;
        if (ours || theirs)
        {
            string who = (ours && theirs ? "advertised and received" : ours ? "advertised" : "received") + (theirs ? detail : "");
            text.Append(CultureInfo.InvariantCulture, $"{name}{who}\n");
        }
    }

    private static void AppendAddPath(StringBuilder text, BgpSession session)
    {
        BgpCapabilities any = BgpCapabilities.AddPathReceiveIPv4 | BgpCapabilities.AddPathSendIPv4
            | BgpCapabilities.AddPathReceiveIPv6 | BgpCapabilities.AddPathSendIPv6;
        if (((session.LocalCapabilities | session.RemoteCapabilities) & any) == 0)
        {
            return;
        }

        text.Append("    AddPath:\n");
        AppendCapability(text, session, BgpCapabilities.AddPathSendIPv4, "      IPv4 Unicast: TX ");
        AppendCapability(text, session, BgpCapabilities.AddPathReceiveIPv4, "      IPv4 Unicast: RX ");
        AppendCapability(text, session, BgpCapabilities.AddPathSendIPv6, "      IPv6 Unicast: TX ");
        AppendCapability(text, session, BgpCapabilities.AddPathReceiveIPv6, "      IPv6 Unicast: RX ");
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

    private static void AppendReset(StringBuilder text, BgpSpeaker speaker, BgpSession session)
    {
        string why = ShowWords.Reset(session);
        string when = session.LastReset is { } since ? ShowWords.Elapsed(speaker.Scheduler.Now - since) : "never";
        text.Append(CultureInfo.InvariantCulture, $"  Last reset {when}{(why.Length > 0 ? $",  {why}" : "")}\n");
        if (session.ShutdownMessage.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    Message: \"{session.ShutdownMessage}\"\n");
        }
    }
}
