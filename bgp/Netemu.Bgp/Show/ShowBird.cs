using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>"birdc show ...": the same speaker in BIRD's words (2.0), for clusters whose operators know those.</summary>
public static class ShowBird
{
    private const string Greeting = "BIRD 2.0.12 ready.\n";

    /// <summary>Runs a command. False if its words are not known.</summary>
    public static bool TryRun(BgpSpeaker speaker, string command, out string output)
    {
        List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        output = "";
        if (words.Count < 2 || words[0] != "show")
        {
            return false;
        }

        words.RemoveAt(0);
        string what = words[0];
        words.RemoveAt(0);
        bool all = words.Remove("all");
        StringBuilder text = new(Greeting);
        switch (what)
        {
            case "status" when words.Count == 0:
                text.Append(CultureInfo.InvariantCulture, $"BIRD 2.0.12\nRouter ID is {speaker.Configuration.RouterId}\n");
                text.Append("Daemon is up and running\n");
                break;
            case "protocols" when words.Count <= 1:
                if (!TryProtocols(text, speaker, words.FirstOrDefault(), all))
                {
                    output = Greeting + "syntax error, unexpected CF_SYM_UNDEFINED, expecting END\n";
                    return true;
                }

                break;
            case "route":
                if (!TryRoutes(text, speaker, words, all))
                {
                    return false;
                }

                break;
            default:
                return false;
        }

        output = text.ToString();
        return true;
    }

    /// <summary>A neighbour's name as a protocol: its description if that is one word, else bgp1, bgp2, ...</summary>
    public static string NameOf(BgpSpeaker speaker, BgpSession session)
    {
        string description = session.Configuration.Description;
        if (description.Length > 0 && description.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':'))
        {
            return description;
        }

        int number = 1;
        foreach (BgpSession other in speaker.Neighbors)
        {
            if (ReferenceEquals(other, session))
            {
                break;
            }

            number++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"bgp{number}");
    }

    private static bool TryProtocols(StringBuilder text, BgpSpeaker speaker, string? only, bool all)
    {
        List<BgpSession> sessions = [.. speaker.Neighbors.Where(s => only is null || NameOf(speaker, s) == only)];
        if (only is not null && sessions.Count == 0)
        {
            return false;
        }

        text.Append("Name       Proto      Table      State  Since         Info\n");
        foreach (BgpSession session in sessions)
        {
            string state = session.IsEstablished ? "up" : session.Configuration.Shutdown ? "down" : "start";
            string info = session.IsEstablished ? "Established" : $"{StateOf(session),-13} {ErrorOf(session)}".TrimEnd();
            text.Append(CultureInfo.InvariantCulture,
                $"{NameOf(speaker, session),-10} {"BGP",-10} {"---",-10} {state,-6} {Since(session),-13} {info}\n");
            if (all)
            {
                AppendDetails(text, speaker, session);
            }
        }

        return true;
    }

    private static void AppendDetails(StringBuilder text, BgpSpeaker speaker, BgpSession session)
    {
        text.Append(CultureInfo.InvariantCulture, $"  BGP state:          {StateOf(session)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Neighbor address: {session.Address}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Neighbor AS:      {session.RemoteAs}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Local AS:         {session.LocalAs}\n");
        if (session.IsEstablished)
        {
            text.Append(CultureInfo.InvariantCulture, $"    Neighbor ID:      {session.RemoteIdentifier}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Hold timer:       {session.HoldTime}\n    Keepalive timer:  {session.KeepaliveTime}\n");
        }

        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            if (session.Has(family))
            {
                int preferred = speaker.ReceivedRoutes(session, family).Count(path => path.IsBest);
                text.Append(CultureInfo.InvariantCulture, $"  Channel {(family == AddressFamily.IPv4 ? "ipv4" : "ipv6")}\n    State:          UP\n");
                text.Append(CultureInfo.InvariantCulture,
                    $"    Routes:         {session.PrefixesReceived(family)} imported, {session.PrefixesSent(family)} exported, {preferred} preferred\n");
            }
        }

        text.Append('\n');
    }

    private static bool TryRoutes(StringBuilder text, BgpSpeaker speaker, List<string> words, bool all)
    {
        BgpSession? of = null;
        bool primary = false;
        Predicate<InternetPrefix> wanted = static _ => true;
        while (words.Count > 0)
        {
            string word = words[0];
            words.RemoveAt(0);
            if (word == "for" && words.Count > 0 && InternetAddress.TryParse(words[0], out InternetAddress address))
            {
                InternetPrefix? match = LongestMatch(speaker, address);
                wanted = prefix => prefix == match;
                words.RemoveAt(0);
            }
            else if (word == "protocol" && words.Count > 0)
            {
                of = speaker.Neighbors.FirstOrDefault(s => NameOf(speaker, s) == words[0]);
                words.RemoveAt(0);
                if (of is null)
                {
                    return false;
                }
            }
            else if (word.Contains('/', StringComparison.Ordinal) && InternetPrefix.TryParse(word, out InternetPrefix exact))
            {
                wanted = prefix => prefix == exact;
            }
            else if (word == "primary")
            {
                primary = true;
            }
            else if (word is not ("table" or "master4" or "master6"))
            {
                return false;
            }
        }

        int shown = 0;
        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            InternetPrefix? last = null;

            // A network's best route is the first of its list (rte_recalculate).
            List<BgpPath> paths =
            [
                .. ShowRoutes.Sorted(speaker, family)
                    .Where(path => wanted(path.Prefix) && path.Rejection == Rib.PathRejection.None && (of is null || path.Peer == of) && (path.IsBest || !primary))
                    .OrderBy(path => path.Prefix).ThenByDescending(path => path.IsBest),
            ];
            if (paths.Count > 0)
            {
                text.Append(family == AddressFamily.IPv4 ? "Table master4:\n" : "Table master6:\n");
            }

            foreach (BgpPath path in paths)
            {
                AppendRoute(text, speaker, path, path.Prefix != last, all);
                last = path.Prefix;
                shown++;
            }
        }

        if (shown == 0)
        {
            text.Append("Network not found\n");
        }

        return true;
    }

    /// <summary>rt_show_rte and bgp_get_route_info: a source only where it is not the next hop, a metric that is not that of a link as "?".</summary>
    private static void AppendRoute(StringBuilder text, BgpSpeaker speaker, in BgpPath path, bool first, bool all)
    {
        string network = first ? path.Prefix.ToString() : "";
        string best = path.IsBest ? "* " : "";
        if (path.Peer is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{network,-20} blackhole [static1 00:00:00.000] {best}(200)\n");
        }
        else
        {
            string nextHop = ShowWords.NextHop(path);
            string from = nextHop == path.Peer.Address.ToString() ? "" : $" from {path.Peer.Address}";
            string origin = path.Attributes.AsPath.OriginAs is var asNumber && asNumber != 0 ? $"AS{asNumber}" : "";
            text.Append(CultureInfo.InvariantCulture,
                $"{network,-20} unicast [{NameOf(speaker, path.Peer)} {Since(path.Peer)}{from}] {best}(100{(path.Metric == 0 ? "" : "/?")}) [{origin}{ShowWords.OriginLetter(path.Attributes.Origin)}]\n\tvia {nextHop}\n");
        }

        if (all)
        {
            AppendAttributes(text, path);
        }
    }

    private static void AppendAttributes(StringBuilder text, in BgpPath path)
    {
        PathAttributesBuilder set = new();
        set.Load(path.Attributes);
        text.Append(CultureInfo.InvariantCulture, $"\tType: {(path.Peer is null ? "static" : "BGP")} univ\n");
        if (path.Peer is null)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\tBGP.origin: {OriginOf(set.Origin)}\n\tBGP.as_path: {path.Attributes.AsPath.ToString()}\n");
        text.Append(CultureInfo.InvariantCulture, $"\tBGP.next_hop: {ShowWords.NextHop(path)}\n");
        if (set.Med is uint med)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tBGP.med: {med}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\tBGP.local_pref: {path.Attributes.LocalPref}\n");
        if (set.Communities.Count > 0)
        {
            text.Append("\tBGP.community: ").AppendJoin(' ', set.Communities.Select(c => $"({c.Value >> 16},{c.Value & 0xFFFF})")).Append('\n');
        }

        if (set.LargeCommunities.Count > 0)
        {
            text.Append("\tBGP.large_community: ")
                .AppendJoin(' ', set.LargeCommunities.Select(c => $"({c.GlobalAdministrator}, {c.Data1}, {c.Data2})")).Append('\n');
        }

        if (set.OriginatorId is IPv4Address originator)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tBGP.originator_id: {originator}\n");
            text.Append("\tBGP.cluster_list: ").AppendJoin(' ', set.ClusterList).Append('\n');
        }
    }

    private static InternetPrefix? LongestMatch(BgpSpeaker speaker, InternetAddress address)
    {
        for (int length = address.IsIPv4 ? 32 : 128; length >= 0; length--)
        {
            InternetPrefix prefix = new(address, length);
            if (speaker.PathsOf(prefix).Any())
            {
                return prefix;
            }
        }

        return null;
    }

    private static string StateOf(BgpSession session) => session.State switch
    {
        BgpState.Idle when session.Configuration.Shutdown => "Down",
        _ => session.State.ToString(),
    };

    private static string ErrorOf(BgpSession session) => session.NotEstablished switch
    {
        NotEstablishedReason.ConnectionRefused => "Socket: Connection refused",
        NotEstablishedReason.ConnectionTimedOut => "Socket: Connection timed out",
        NotEstablishedReason.Unreachable => "Socket: No route to host",
        NotEstablishedReason.ConnectionLost => "Socket: Connection closed",
        NotEstablishedReason.HoldTimerExpired => "Error: Hold timer expired",
        NotEstablishedReason.NotificationSent => $"Error: {ShowWords.Error(session.LastError)}",
        NotEstablishedReason.NotificationReceived => $"Received: {ShowWords.Error(session.LastError)}",
        _ => "",
    };

    private static string OriginOf(Origin origin) => origin switch
    {
        Origin.Igp => "IGP",
        Origin.Egp => "EGP",
        _ => "Incomplete",
    };

    private static string Since(BgpSession session)
    {
        long milliseconds = session.LastChange is SimTime since ? (since - SimTime.Zero).Milliseconds : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{milliseconds / 3_600_000:d2}:{milliseconds / 60_000 % 60:d2}:{milliseconds / 1000 % 60:d2}.{milliseconds % 1000:d3}");
    }
}
