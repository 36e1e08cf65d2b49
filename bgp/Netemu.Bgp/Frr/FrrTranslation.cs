using System.Collections.Generic;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>
/// What a neighbour that did not come from FRR's words is in them, for what is shown: lines that do nothing when they are
/// compiled, as the neighbour is what it was before.
/// </summary>
internal static class FrrTranslation
{
    /// <summary>Gives a neighbour the lines that it could have been made by, in the place of those that said the same before; commands' stay.</summary>
    public static void Fill(FrrPeer peer, BgpNeighborConfiguration neighbor, BgpSpeakerConfiguration speaker)
    {
        peer.Base = neighbor;
        peer.RemoteAs = neighbor.RemoteAs != 0 ? neighbor.RemoteAs.ToString() : neighbor.AnyAs == AnyAsMode.External ? "external" : "auto";
        Replace(peer, peer.General, SessionLines(neighbor, speaker));
        Replace(peer, peer.IPv4, neighbor.IPv4Unicast ? FamilyLines(neighbor) : []);
        Replace(peer, peer.IPv6, neighbor.IPv6Unicast ? FamilyLines(neighbor) : []);
    }

    private static void Replace(FrrPeer peer, SortedDictionary<string, FrrPeer.Setting> settings, IEnumerable<(string Key, string Words)> lines)
    {
        foreach (string given in settings.Keys.Where(key => settings[key].IsGiven).ToArray())
        {
            settings.Remove(given);
        }

        foreach ((string key, string words) in lines)
        {
            settings.TryAdd(key, FrrPeer.Setting.Of(peer.Name, words, null) with { IsGiven = true });
        }
    }

    private static IEnumerable<(string Key, string Words)> SessionLines(BgpNeighborConfiguration neighbor, BgpSpeakerConfiguration speaker)
    {
        if (neighbor.LocalAs != 0)
        {
            yield return ("local-as", $"local-as {neighbor.LocalAs}{(neighbor.LocalAsNoPrepend ? " no-prepend" : "")}{(neighbor.LocalAsReplaces ? " replace-as" : "")}");
        }

        if (neighbor.Description.Length > 0)
        {
            yield return ("description", $"description {neighbor.Description}");
        }

        if (neighbor.Shutdown)
        {
            yield return ("shutdown", neighbor.ShutdownMessage.Length > 0 ? $"shutdown message {neighbor.ShutdownMessage}" : "shutdown");
        }

        if (neighbor.Password is not null)
        {
            yield return ("password", $"password {neighbor.Password}");
        }

        if (neighbor.Role != BgpRole.None)
        {
            yield return ("local-role", $"local-role {Show.ShowWords.Role(neighbor.Role)}{(neighbor.RoleStrict ? " strict-mode" : "")}");
        }

        if (neighbor.TtlSecurityHops > 0)
        {
            yield return ("ttl-security", $"ttl-security hops {neighbor.TtlSecurityHops}");
        }

        if (!neighbor.LocalAddress.IsNone)
        {
            yield return ("update-source", $"update-source {neighbor.LocalAddress}");
        }

        if (neighbor.Port != BgpSpeakerConfiguration.WellKnownPort)
        {
            yield return ("port", $"port {neighbor.Port}");
        }

        (bool IsOn, string Words)[] switches =
        [
            (neighbor.Bfd, "bfd"),
            (neighbor.Passive, "passive"),
            (neighbor.Multihop && neighbor.RemoteAs != speaker.As, "ebgp-multihop"),
            (neighbor.EnforceFirstAs && neighbor.RemoteAs != speaker.As, "enforce-first-as"),
            (neighbor.ExtendedNextHop && neighbor.Interface is null, "capability extended-nexthop"),
        ];
        foreach ((bool isOn, string words) in switches)
        {
            if (isOn)
            {
                yield return (words, words);
            }
        }

        BgpTimers timers = neighbor.Timers ?? speaker.Timers;
        BgpTimers byDefault = BgpTimers.Of(TimerProfile.Frr);
        if ((timers.KeepaliveTime, timers.HoldTime) != (speaker.Timers.KeepaliveTime, speaker.Timers.HoldTime))
        {
            yield return ("timers", $"timers {timers.KeepaliveTime} {timers.HoldTime}");
        }

        if (timers.ConnectRetry != byDefault.ConnectRetry)
        {
            yield return ("timers connect", $"timers connect {timers.ConnectRetry.Milliseconds / 1000}");
        }

        if (timers.DelayOpen != byDefault.DelayOpen)
        {
            yield return ("timers delayopen", $"timers delayopen {timers.DelayOpen.Milliseconds / 1000}");
        }

        if (timers.AdvertisementIntervalExternal != byDefault.AdvertisementIntervalExternal)
        {
            yield return ("advertisement-interval", $"advertisement-interval {timers.AdvertisementIntervalExternal.Milliseconds / 1000}");
        }

        if (!neighbor.GracefulRestart || !neighbor.GracefulRestartHelperOnly)
        {
            yield return ("graceful-restart", neighbor.GracefulRestart ? "graceful-restart" : "graceful-restart-disable");
        }
    }

    private static IEnumerable<(string Key, string Words)> FamilyLines(BgpNeighborConfiguration neighbor)
    {
        (bool IsOn, string Key, string Words)[] lines =
        [
            (neighbor.AddPathSend, "addpath-tx", "addpath-tx-all-paths"),
            (!neighbor.AddPathReceive, "disable-addpath-rx", "disable-addpath-rx"),
            (neighbor.RouteReflectorClient, "route-reflector-client", "route-reflector-client"),
            (neighbor.NextHop == NextHopMode.SelfUnlessReflected, "next-hop-self", "next-hop-self"),
            (neighbor.NextHop == NextHopMode.Self, "next-hop-self", "next-hop-self force"),
            (neighbor.NextHop == NextHopMode.Unchanged, "attribute-unchanged", "attribute-unchanged next-hop"),
            (neighbor.RemovePrivateAs == PrivateAsMode.RemoveIfAllPrivate, "remove-private-as", "remove-private-AS"),
            (neighbor.RemovePrivateAs == PrivateAsMode.Remove, "remove-private-as", "remove-private-AS all"),
            (neighbor.RemovePrivateAs == PrivateAsMode.Replace, "remove-private-as", "remove-private-AS all replace-AS"),
            (neighbor.AsOverride, "as-override", "as-override"),
            ((neighbor.SendCommunities & CommunityKinds.Standard) == 0, "send-community", "no send-community"),
            ((neighbor.SendCommunities & CommunityKinds.Extended) == 0, "send-community extended", "no send-community extended"),
            ((neighbor.SendCommunities & CommunityKinds.Large) == 0, "send-community large", "no send-community large"),
            (neighbor.DefaultOriginate, "default-originate", "default-originate"),
            (neighbor.MaximumPrefixes > 0, "maximum-prefix", $"maximum-prefix {neighbor.MaximumPrefixes}{(neighbor.MaximumPrefixesWarningOnly ? " warning-only" : "")}"),
            (neighbor.RouteServerClient, "route-server-client", "route-server-client"),
            (neighbor.AllowedOwnAs > 0, "allowas-in", $"allowas-in {neighbor.AllowedOwnAs}"),
            (neighbor.Weight > 0, "weight", $"weight {neighbor.Weight}"),
            (neighbor.Import is not null, "route-map in", $"route-map {neighbor.Import?.Name} in"),
            (neighbor.Export is not null, "route-map out", $"route-map {neighbor.Export?.Name} out"),
        ];
        foreach ((bool isOn, string key, string words) in lines)
        {
            if (isOn)
            {
                yield return (key, words);
            }
        }
    }
}
