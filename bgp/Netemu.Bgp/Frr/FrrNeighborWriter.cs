using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>Writes neighbours and peer groups: what their own lines say that their group's do not.</summary>
internal static class FrrNeighborWriter
{
    private const string NoCommunity = "no send-community";
    private const int CommunityKindCount = 3;

    /// <summary>
    /// Groups by name, then their members group by group, then the others; interfaces before addresses (peer_cmp).
    /// </summary>
    private static IEnumerable<FrrPeer> Sorted(FrrRouter router) => router.Peers
        .OrderBy(peer => !peer.IsGroup)
        .ThenBy(peer => peer.IsGroup ? peer.Name : "", StringComparer.Ordinal)
        .ThenBy(peer => peer.Group is null)
        .ThenBy(peer => peer.Group, StringComparer.Ordinal)
        .ThenBy(peer => !peer.IsInterface)
        .ThenBy(peer => InternetAddress.TryParse(peer.Name, out InternetAddress address) ? address : default)
        .ThenBy(peer => peer.Name, StringComparer.Ordinal);

    /// <summary>Who there is, and the lines of each session.</summary>
    public static IEnumerable<string> SessionLines(FrrRouter router)
    {
        foreach (FrrPeer peer in Sorted(router))
        {
            FrrPeer? group = peer.Group is null ? null : router.FindPeer(peer.Group);
            foreach (string line in HeadLines(peer).Concat(FrrStatement.Sort(OwnLines(peer.General, group?.General), FrrSessionStatements.All).Select(line => Prefixed(peer, line))))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> HeadLines(FrrPeer peer)
    {
        string member = peer.Group is null ? "" : $" peer-group {peer.Group}";
        if (peer.IsInterface)
        {
            string remote = peer.RemoteAs is null ? "" : $" remote-as {peer.RemoteAs}";
            yield return $"neighbor {peer.Name} interface{(peer.IsIPv6Only ? " v6only" : "")}{(remote.Length > 0 ? remote : member)}";
            if (remote.Length > 0 && member.Length > 0)
            {
                yield return $"neighbor {peer.Name}{member}";
            }

            yield break;
        }

        if (peer.IsGroup)
        {
            yield return $"neighbor {peer.Name} peer-group";
        }

        if (peer.RemoteAs is not null)
        {
            yield return $"neighbor {peer.Name} remote-as {peer.RemoteAs}";
        }

        if (member.Length > 0)
        {
            yield return $"neighbor {peer.Name}{member}";
        }
    }

    /// <summary>The lines of each neighbour in a family.</summary>
    public static IEnumerable<string> FamilyLines(FrrRouter router, AddressFamily family)
    {
        bool byDefault = family == AddressFamily.IPv4 ? router.DefaultIPv4Unicast : router.DefaultIPv6Unicast;
        foreach (FrrPeer peer in Sorted(router))
        {
            FrrPeer? group = peer.Group is null ? null : router.FindPeer(peer.Group);
            bool expected = group is null ? byDefault : FrrCompiler.IsActive(group, null, family, byDefault);
            bool active = FrrCompiler.IsActive(peer, group, family, peer.BaseActive(family) ?? byDefault);
            List<string> lines = [.. OwnLines(peer.SettingsOf(family), group?.SettingsOf(family), "activate")];
            if (lines.Count(line => line.StartsWith(NoCommunity, StringComparison.Ordinal)) == CommunityKindCount)
            {
                lines.RemoveAll(line => line.StartsWith(NoCommunity, StringComparison.Ordinal));
                lines.Add($"{NoCommunity} all");
            }

            if (active != expected)
            {
                lines.Add(active ? "activate" : "no activate");
            }

            foreach (string line in FrrStatement.Sort(lines, FrrNeighborFamilyStatements.All))
            {
                yield return Prefixed(peer, line);
            }
        }
    }

    /// <summary>
    /// A setting that the group has word for word is not said again. What is taken back is said where the group has it, or
    /// where it is there by default.
    /// </summary>
    private static IEnumerable<string> OwnLines(
        SortedDictionary<string, FrrPeer.Setting> own, SortedDictionary<string, FrrPeer.Setting>? group, string? except = null)
    {
        foreach ((string key, FrrPeer.Setting setting) in own)
        {
            FrrPeer.Setting? outer = group?.GetValueOrDefault(key);
            bool isByDefault = key.StartsWith("send-community", StringComparison.Ordinal);
            bool isSaid = setting.IsNegated ? outer is { IsNegated: false } || (isByDefault && outer is null)
                : isByDefault ? outer is { IsNegated: true }
                : (outer is null || outer.IsNegated || outer.Words != setting.Words) && key != "remote-as";
            if (!isSaid || key == except)
            {
                continue;
            }

            if (setting.Words.StartsWith("bfd profile", StringComparison.Ordinal))
            {
                yield return "bfd";
            }

            // A route server's client is told the next hop as it is.
            if (setting is { IsNegated: false, Words: "route-server-client" } && !own.ContainsKey("attribute-unchanged"))
            {
                yield return "attribute-unchanged next-hop";
            }

            yield return (setting.IsNegated ? "no " : "") + (setting.Words == "ebgp-multihop" ? "ebgp-multihop 255" : setting.Words);
        }
    }

    private static string Prefixed(FrrPeer peer, string line) => line.StartsWith("no ", StringComparison.Ordinal)
        ? $"no neighbor {peer.Name} {line[3..]}"
        : $"neighbor {peer.Name} {line}";
}
