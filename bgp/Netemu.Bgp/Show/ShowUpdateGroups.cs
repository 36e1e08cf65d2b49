using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>
/// "show bgp update-groups [SUBGROUP|statistics]" (update_group_show_walkcb). Neighbours that are told the same are one
/// subgroup at once here, so each group has one, with its number, and none is ever split, merged or pruned.
/// </summary>
internal static class ShowUpdateGroups
{
    // BGP_DEFAULT_SUBGROUP_COALESCE_TIME and what bgpd adds to it for each neighbour, itself among them, up to the maximum.
    private const int CoalesceTime = 1000;
    private const int CoalesceTimeOfPeer = 50;
    private const int MaximumCoalesceTime = 10_000;

    /// <summary>False if there is more than one word; of one that is no number bgpd thinks nothing.</summary>
    public static bool TryRun(BgpSpeaker speaker, AddressFamily family, List<string> words, FrrConfiguration? model, out string output)
    {
        output = words.Count > 1 ? $"% Unknown command: {string.Join(' ', words)}\n"
            : words is ["statistics"] ? Statistics(speaker)
            : Text(speaker, family, words is [string word] && int.TryParse(word, out int number) ? number : 0, model);
        return words.Count <= 1;
    }

    private static string Text(BgpSpeaker speaker, AddressFamily family, int number, FrrConfiguration? model)
    {
        StringBuilder text = new();
        foreach (UpdateGroup group in speaker.Groups.Where(group => group.Key.Family == family && (number == 0 || group.Number == number)))
        {
            Append(text, speaker, group, model);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, BgpSpeaker speaker, UpdateGroup group, FrrConfiguration? model)
    {
        AddressFamily family = group.Key.Family;

        // Who has come last stands first.
        BgpSession[] members = [.. speaker.Neighbors.Where(session => session.GroupOf(family) == group).OrderByDescending(session => session.LastChange ?? SimTime.Zero)];
        BgpNeighborConfiguration neighbor = members[0].Configuration;
        Duration interval = group.Key.IsInternal ? group.Key.Timers.AdvertisementIntervalInternal : group.Key.Timers.AdvertisementIntervalExternal;
        text.Append(CultureInfo.InvariantCulture, $"Update-group {group.Number}:\n  Created: {Date(group.Created)}\n");
        if ((model is null ? neighbor.Export?.Name : new ShowFilters(model, members[0]).NameOf(family, "route-map out")) is { Length: > 0 } map)
        {
            text.Append(CultureInfo.InvariantCulture, $"  Outgoing route map: {map}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  MRAI value (seconds): {interval.Milliseconds / 1000}\n");
        if (neighbor.LocalAs != 0)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  Local AS {neighbor.LocalAs}{(neighbor.LocalAsNoPrepend ? " no-prepend" : "")}{(neighbor.LocalAsReplaces ? " replace-as" : "")}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

              Update-subgroup {group.Number}:
                Created: {Date(group.Created)}
                Join events: {group.Joins}
                Prune events: 0
                Merge events: {group.Joins - 1}
                Split events: 0
                Update group switch events: 0
                Peer refreshes combined: 0
                Merge checks triggered: 0
                Coalesce Time: {Math.Min(MaximumCoalesceTime, CoalesceTime + (CoalesceTimeOfPeer * (speaker.Neighbors.Count() + 1)))}
                Version: {speaker.TableVersion(family)}
                Packet queue length: 0
                Total packets enqueued: {group.Messages}
                Packet queue high watermark: {Math.Min(1, group.Messages)}
                Adj-out list count: {group.AdjRibOut.Count}
                Advertise list: {(group.HasContentWaiting ? "not empty" : "empty")}
                Flags: 
                Max packet size: {(group.Key.ExtendedMessages ? 65535 : 4096)}
                Peers:

            """);
        foreach (BgpSession member in members)
        {
            text.Append(CultureInfo.InvariantCulture, $"      - {member.Name}\n");
        }
    }

    private static string Statistics(BgpSpeaker speaker)
    {
        (int groups, int joins) = speaker.GroupEvents;
        int deleted = groups - speaker.Groups.Count;
        return $"""
            Update groups created: {groups}
            Update groups deleted: {deleted}
            Update subgroups created: {groups}
            Update subgroups deleted: {deleted}
            Join events: {joins}
            Prune events: 0
            Merge events: {joins - groups}
            Split events: 0
            Update group switch events: 0
            Peer route refreshes combined: 0
            Merge checks triggered: 0

            """;
    }

    /// <summary>As ctime has it; a run begins with 1970, as in captures.</summary>
    private static string Date(SimTime time)
    {
        DateTimeOffset date = DateTimeOffset.FromUnixTimeMilliseconds(time.Nanoseconds / 1_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{date:ddd MMM} {date.Day,2} {date:HH:mm:ss yyyy}");
    }
}
