using System.Text.Json;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>One neighbour of "show bgp neighbors json", with bgpd's keys.</summary>
internal static class ShowNeighborJson
{
    public static void Write(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, AcceptedPaths accepted, ShowFilters filters)
    {
        BgpNeighborConfiguration configuration = session.Configuration;
        json.WriteStartObject();
        if (configuration.Interface is not null)
        {
            json.WriteString("bgpNeighborAddr", session.Address.ToString());
        }

        json.WriteNumber("remoteAs", session.RemoteAs);
        json.WriteNumber("localAs", session.LocalAs);
        ShowJson.WriteIf(json, "localAsNoPrepend", configuration.LocalAsNoPrepend);
        ShowJson.WriteIf(json, "localAsReplaceAs", configuration.LocalAsReplaces);
        json.WriteBoolean(ShowWords.Kind(speaker, session) switch
        {
            "internal" => "nbrInternalLink",
            "external" => "nbrExternalLink",
            "confed-internal" => "nbrConfedInternalLink",
            _ => "nbrConfedExternalLink",
        }, true);
        json.WriteString("localRole", ShowWords.Role(configuration.Role));
        json.WriteString("remoteRole", ShowWords.Role(session.RemoteCapabilities));
        if (configuration.Description.Length > 0)
        {
            json.WriteString("nbrDesc", configuration.Description);
        }

        if (filters.Group is not null)
        {
            json.WriteString("peerGroup", filters.Group);
        }

        if (configuration.Shutdown)
        {
            json.WriteBoolean("adminShutDown", true);
        }

        ShowJson.WriteIf(json, "nbrCommonAdmin", session.IsConfederation);
        json.WriteNumber("bgpVersion", 4);
        json.WriteString("remoteRouterId", session.RemoteIdentifier.ToString());
        json.WriteString("localRouterId", speaker.Configuration.RouterId.ToString());
        json.WriteString("bgpState", session.State.ToString());
        WriteTimers(json, speaker, session);
        if (session.IsEstablished)
        {
            WriteCapabilities(json, session);
        }

        ShowGracefulRestart.Write(json, speaker, session, filters);
        WriteStatistics(json, session.Counters);
        json.WriteNumber("minBtwnAdvertisementRunsTimerMsecs", ShowWords.AdvertisementInterval(session).Milliseconds);
        if (ShowWords.UpdateSource(session, filters) is { } source)
        {
            json.WriteString("updateSource", source);
        }

        WriteFamilies(json, speaker, session, accepted, filters);
        json.WriteNumber("connectionsEstablished", ShowWords.TimesEstablished(session));
        json.WriteNumber("connectionsDropped", session.Counters.Flaps);
        WriteReset(json, speaker, session);
        json.WriteNumber(session.IsInternal ? "internalBgpNbrMaxHopsAway" : "externalBgpNbrMaxHopsAway", ShowWords.MaximumHops(session, filters));
        if (session.IsEstablished)
        {
            json.WriteString("hostLocal", session.LocalAddress.ToString());
            json.WriteNumber("portLocal", session.LocalPort);
            json.WriteString("hostForeign", session.Address.ToString());
            json.WriteNumber("portForeign", session.RemotePort);
        }

        if (configuration.Password is not null)
        {
            json.WriteNumber("authenticationEnabled", 1);
        }

        json.WriteNumber("connectRetryTimer", session.Timers.ConnectRetry.Milliseconds / 1000);
        if (!session.IsEstablished && session.NextAttempt is { } next)
        {
            json.WriteNumber("nextConnectTimerDueInMsecs", (next - speaker.Scheduler.Now).Milliseconds);
        }

        json.WriteEndObject();
    }

    private static void WriteTimers(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session)
    {
        if (session.IsEstablished)
        {
            json.WriteNumber("bgpTimerUpMsec", ShowWords.UptimeMilliseconds(speaker, session));
            json.WriteString("bgpTimerUpString", ShowWords.Uptime(speaker, session));
        }

        json.WriteNumber("bgpTimerConfiguredHoldTimeMsecs", session.Timers.HoldTime * 1000);
        json.WriteNumber("bgpTimerConfiguredKeepAliveIntervalMsecs", session.Timers.KeepaliveTime * 1000);
        json.WriteNumber("bgpTimerHoldTimeMsecs", (session.IsEstablished ? session.HoldTime : session.Timers.HoldTime) * 1000);
        json.WriteNumber("bgpTimerKeepAliveIntervalMsecs", (session.IsEstablished ? session.KeepaliveTime : session.Timers.KeepaliveTime) * 1000);
        json.WriteNumber("bgpTimerConfiguredConditionalAdvertisementsSec", speaker.Configuration.ConditionInterval.Milliseconds / 1000);
        if (speaker.UntilConditions is { } until)
        {
            json.WriteNumber("bgpTimerUntilConditionalAdvertisementsSec", until.Milliseconds / 1000);
        }
    }

    private static void WriteCapabilities(Utf8JsonWriter json, BgpSession session)
    {
        json.WriteStartObject("neighborCapabilities");
        WriteCapability(json, session, "4byteAs", BgpCapabilities.FourOctetAs);
        WriteCapability(json, session, "extendedMessage", BgpCapabilities.ExtendedMessage);
        json.WriteStartObject("addPath");
        WriteAddPath(json, session, AddressFamily.IPv4, BgpCapabilities.AddPathSendIPv4, BgpCapabilities.AddPathReceiveIPv4);
        WriteAddPath(json, session, AddressFamily.IPv6, BgpCapabilities.AddPathSendIPv6, BgpCapabilities.AddPathReceiveIPv6);
        json.WriteEndObject();
        WriteCapability(json, session, "extendedNexthop", BgpCapabilities.ExtendedNextHop);
        if (session.Both(BgpCapabilities.ExtendedNextHop))
        {
            // bgpd's spelling.
            json.WriteStartObject("extendedNexthopFamililesByPeer");
            json.WriteString("ipv4Unicast", "recieved");
            json.WriteEndObject();
        }

        WriteCapability(json, session, "longLivedGracefulRestart", BgpCapabilities.LongLived);
        if ((session.RemoteCapabilities & BgpCapabilities.LongLived) != 0)
        {
            json.WriteStartObject("longLivedGracefulRestartByPeer");
            json.WriteEndObject();
        }

        WriteCapability(json, session, "routeRefresh", BgpCapabilities.RouteRefresh, "New");
        WriteCapability(json, session, "enhancedRouteRefresh", BgpCapabilities.EnhancedRouteRefresh);
        json.WriteStartObject("multiprotocolExtensions");
        WriteExtension(json, session, AddressFamily.IPv4, BgpCapabilities.IPv4Unicast);
        WriteExtension(json, session, AddressFamily.IPv6, BgpCapabilities.IPv6Unicast);
        json.WriteEndObject();
        WriteCapability(json, session, "gracefulRestart", BgpCapabilities.GracefulRestart);
        if ((session.RemoteCapabilities & BgpCapabilities.GracefulRestart) != 0)
        {
            json.WriteNumber("gracefulRestartRemoteTimerMsecs", session.RemoteRestartTime * 1000);
            if (ShowWords.RestartFamilies(session) is { Count: > 0 } families)
            {
                json.WriteStartObject("addressFamiliesByPeer");
                foreach (AddressFamily family in families)
                {
                    json.WriteStartObject(ShowWords.FamilyKey(family));
                    ShowJson.WriteIf(json, "preserved", ShowWords.IsForwardingPreserved(session, family));
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }
            else
            {
                json.WriteString("addressFamiliesByPeer", "none");
            }
        }

        json.WriteEndObject();
    }

    private static void WriteCapability(
        Utf8JsonWriter json, BgpSession session, string name, BgpCapabilities capability, string detail = "")
    {
        if (Who(session, capability) is { } who)
        {
            bool received = (session.RemoteCapabilities & capability) != 0;
            json.WriteString(name, received && (session.LocalCapabilities & capability) != 0 ? who + detail : who);
        }
    }

    private static void WriteExtension(Utf8JsonWriter json, BgpSession session, AddressFamily family, BgpCapabilities capability)
    {
        if (Who(session, capability) is { } who)
        {
            json.WriteStartObject(ShowWords.FamilyKey(family));
            json.WriteBoolean(who, true);
            json.WriteEndObject();
        }
    }

    private static void WriteAddPath(
        Utf8JsonWriter json, BgpSession session, AddressFamily family, BgpCapabilities send, BgpCapabilities receive)
    {
        if (Who(session, send | receive) is null)
        {
            return;
        }

        json.WriteStartObject(ShowWords.FamilyKey(family));
        if (Who(session, send) is { } sends)
        {
            json.WriteBoolean("tx" + char.ToUpperInvariant(sends[0]) + sends[1..], true);
        }

        if (Who(session, receive) is { } receives)
        {
            json.WriteBoolean("rx" + char.ToUpperInvariant(receives[0]) + receives[1..], true);
        }

        json.WriteEndObject();
    }

    private static string? Who(BgpSession session, BgpCapabilities capability) =>
        ((session.LocalCapabilities & capability) != 0, (session.RemoteCapabilities & capability) != 0) switch
        {
            (true, true) => "advertisedAndReceived",
            (true, false) => "advertised",
            (false, true) => "received",
            _ => null,
        };

    private static void WriteStatistics(Utf8JsonWriter json, SessionCounters counters)
    {
        json.WriteStartObject("messageStats");
        json.WriteNumber("depthInq", 0);
        json.WriteNumber("depthOutq", 0);
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
        json.WriteNumber("capabilitySent", 0);
        json.WriteNumber("capabilityRecv", 0);
        json.WriteNumber("totalSent", counters.TotalSent);
        json.WriteNumber("totalRecv", counters.TotalReceived);
        json.WriteEndObject();
    }

    private static void WriteFamilies(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session, AcceptedPaths accepted, ShowFilters filters)
    {
        BgpNeighborConfiguration configuration = session.Configuration;
        json.WriteStartObject("addressFamilyInfo");
        foreach (AddressFamily family in ShowWords.ConfiguredFamilies(session))
        {
            json.WriteStartObject(ShowWords.FamilyKey(family));
            if (filters.Group is not null)
            {
                json.WriteString("peerGroupMember", filters.Group);
            }

            foreach ((bool isSo, string _, string key) in ShowWords.FamilyFlags(configuration, family, filters))
            {
                if (key == "overrideASNsInOutboundUpdates" && isSo)
                {
                    json.WriteString(key, "ifAspathEqualRemoteAs");
                }
                else
                {
                    ShowJson.WriteIf(json, key, isSo);
                }
            }

            if ((configuration.SendCommunities & ~CommunityKinds.Large) != 0)
            {
                json.WriteString("commAttriSentToNbr", (configuration.SendCommunities & ~CommunityKinds.Large) switch
                {
                    CommunityKinds.Extended => "extended",
                    CommunityKinds.Standard => "standard",
                    _ => "extendedAndStandard",
                });
            }

            if (configuration.DefaultOriginate)
            {
                if (ShowWords.DefaultMap(family, filters) is { } map)
                {
                    json.WriteString("defaultRouteMap", map);
                }

                json.WriteBoolean(session.Has(family) ? "defaultSent" : "defaultNotSent", true);
            }

            ShowJson.WriteIf(json, "inboundPathPolicyConfig", configuration.Import is not null);
            ShowJson.WriteIf(json, "outboundPathPolicyConfig", configuration.Export is not null);
            filters.Write(json, speaker, session, family);
            json.WriteNumber("acceptedPrefixCounter", accepted.Of(session, family));
            if (session.Has(family))
            {
                json.WriteNumber("sentPrefixCounter", session.PrefixesSent(family));
            }

            if (configuration.MaximumPrefixes > 0)
            {
                json.WriteNumber("prefixAllowedMax", configuration.MaximumPrefixes);
                ShowJson.WriteIf(json, "prefixAllowedMaxWarning", configuration.MaximumPrefixesWarningOnly);
                json.WriteNumber("prefixAllowedWarningThresh", ShowWords.Threshold(family, filters));
                if (configuration.MaximumPrefixesRestart > Duration.Zero)
                {
                    json.WriteNumber("prefixAllowedRestartIntervalMsecs", configuration.MaximumPrefixesRestart.Milliseconds);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteReset(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession session)
    {
        if (session.LastReset is { } since)
        {
            json.WriteNumber("lastResetTimerMsecs", (speaker.Scheduler.Now - since).Milliseconds);
        }

        if (!session.IsEstablished)
        {
            json.WriteString("lastResetDueTo", ShowWords.Why(session.NotEstablished));
        }

        if (session.LastError.IsError)
        {
            json.WriteString("lastNotificationReason", ShowWords.Error(session.LastError));
        }
    }
}
