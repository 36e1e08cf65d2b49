using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show [ip] bgp ..." as vtysh takes it: words in, text or JSON out.</summary>
public static class ShowBgp
{
    /// <summary>
    /// Runs a command. False if its words are not known; then the output names the first unknown one.
    /// </summary>
    /// <param name="speaker">The router that is asked.</param>
    /// <param name="command">For instance "show bgp ipv4 unicast 10.0.0.0/24 json".</param>
    /// <param name="output">What is printed.</param>
    /// <param name="log">What has happened to its sessions, for "neighbors ADDRESS log".</param>
    /// <param name="model">Its configuration in FRR's words, for the names of lists and maps.</param>
    public static bool TryRun(BgpSpeaker speaker, string command, out string output, SessionLog? log = null, FrrConfiguration? model = null)
    {
        List<string> words = ShowAbbreviations.Expand(command);
        bool json = words.Count > 0 && words[^1] == "json" && words.Remove("json");
        Take(words, "show");
        if (words is ["bmp"])
        {
            output = ShowBmp.Text(speaker);
            return true;
        }

        bool ip = Take(words, "ip");
        if (!Take(words, "bgp"))
        {
            output = "% Unknown command: " + command + "\n";
            return false;
        }

        if (words is ["vrf", "default" or "all", ..])
        {
            words.RemoveRange(0, 2);
        }

        bool allFamilies = Take(words, "all") || (!ip && words.Count > 0 && words[0] is "summary");
        bool isNamed = words is ["ipv4" or "ipv6", ..];
        bool isSubsequent = words is ["ipv4" or "ipv6", "unicast", ..];
        AddressFamily family = TakeFamily(words);
        if (words is ["summary", ..] && words.Count <= 2)
        {
            return TrySummary(speaker, family, allFamilies, isSubsequent, words.Count > 1 ? words[1] : null, json, out output);
        }

        if (words is ["update-groups", ..])
        {
            // Without a family it is IPv6's, unless "ip" says otherwise.
            return ShowUpdateGroups.TryRun(speaker, ip || isNamed ? family : AddressFamily.IPv6, words[1..], model, out output);
        }

        if (words is ["neighbors" or "neighbor", string known, ..] && speaker.FindNeighbor(known) is { } neighbor)
        {
            words[1] = neighbor.Address.ToString();
        }

        if (words is ["neighbors" or "neighbor", string named, "log"] && log is not null && InternetAddress.TryParse(named, out InternetAddress logged))
        {
            output = json ? ShowSessionLog.Json(log, logged) : ShowSessionLog.Text(log, logged);
            return true;
        }

        if (words is ["neighbors" or "neighbor"])
        {
            output = json ? ShowNeighbors.Json(speaker, null, model) : ShowNeighbors.Text(speaker, null, model);
            return true;
        }

        if (words is ["neighbors" or "neighbor", string one] && InternetAddress.TryParse(one, out InternetAddress peer))
        {
            output = json ? ShowNeighbors.Json(speaker, peer, model) : ShowNeighbors.Text(speaker, peer, model);
            return true;
        }

        if (words is ["neighbors" or "neighbor", string whose, string which] && ShowNeighborRoutes.TryRun(speaker, family, whose, which, json, model, out output))
        {
            return true;
        }

        return TryRun(speaker, words, family, json, out output);
    }

    private static bool TryRun(
        BgpSpeaker speaker, List<string> words, AddressFamily family, bool json, out string output)
    {
        switch (words)
        {
            case []:
                output = json ? ShowRoutes.Json(speaker, family) : ShowRoutes.Text(speaker, family);
                return true;
            case ["cidr-only"]:
                output = Chosen(speaker, family, json, path => IsClassless(path.Prefix));
                return true;
            case [string covering, "longer-prefixes"] when InternetPrefix.TryParse(covering, out InternetPrefix outer):
                output = Chosen(speaker, outer.Family, json, path => outer.Contains(path.Prefix));
                return true;
            case ["dampening", "dampened-paths" or "flap-statistics" or "parameters"]:
                output = ShowDampening.Text(speaker, family, words[1]);
                return true;
            case ["community" or "large-community", string community]:
                output = Chosen(speaker, family, json, path => HasCommunity(path, community));
                return true;
            case ["regexp", ..]:
                PolicyMatch.AsPathRegex expression = new(string.Join(' ', words.Skip(1)));
                output = Chosen(speaker, family, json, path => expression.Matches(path.Attributes));
                return true;
            case [string text, ..] when words is [_] or [_, "bestpath" or "multipath"] && InternetPrefix.TryParse(text, out InternetPrefix prefix):
                InternetPrefix match = text.Contains('/', StringComparison.Ordinal) ? prefix : LongestMatch(speaker, prefix.Address);
                string? part = words.Count > 1 ? words[1] : null;
                output = json ? ShowRoute.Json(speaker, match, part) : ShowRoute.Text(speaker, match, part);
                return true;
            default:
                output = $"% Unknown command: {string.Join(' ', words)}\n";
                return false;
        }
    }

    private static string Chosen(BgpSpeaker speaker, AddressFamily family, bool json, Predicate<BgpPath> wanted)
    {
        List<BgpPath> paths = ShowRoutes.Sorted(speaker, family).FindAll(wanted);
        return json ? ShowRoutes.Json(speaker, family, "routes", paths) : ShowRoutes.Text(speaker, family, paths);
    }

    private static bool HasCommunity(BgpPath path, string community) =>
        (" " + ShowWords.Community(path.Attributes) + " " + ShowWords.LargeCommunity(path.Attributes) + " ")
            .Contains(" " + community + " ", StringComparison.Ordinal);

    /// <summary>
    /// "show bgp summary" has every family with neighbours; where a subsequent family is named there is one family and no title.
    /// </summary>
    private static bool TrySummary(
        BgpSpeaker speaker, AddressFamily family, bool allFamilies, bool named, string? which, bool json, out string output)
    {
        if (which is not (null or "established" or "failed"))
        {
            output = $"% Unknown command: {which}\n";
            return false;
        }

        if (named)
        {
            output = json ? ShowSummary.Json(speaker, family, which) : ShowSummary.Text(speaker, family, titled: false, which);
            return true;
        }

        List<AddressFamily> families = allFamilies ? [AddressFamily.IPv4, AddressFamily.IPv6] : [family];
        if (json)
        {
            output = ShowSummary.Json(speaker, families, which);
            return true;
        }

        families.RemoveAll(one => ShowSummary.Neighbors(speaker, one).Count == 0);
        output = families.Count == 0
            ? "% No BGP neighbors found in VRF default\n"
            : string.Concat(families.Select(one => ShowSummary.Text(speaker, one, titled: true, which)));
        return true;
    }

    /// <summary>Not one of the classes A, B and C as they were.</summary>
    private static bool IsClassless(InternetPrefix prefix) => prefix.IsIPv4 && prefix.Length != FrrWords.LengthOfClass(prefix.Address.IPv4);

    /// <summary>The longest prefix with a path that covers an address; its host prefix if there is none.</summary>
    private static InternetPrefix LongestMatch(BgpSpeaker speaker, InternetAddress address)
    {
        for (int length = address.IsIPv4 ? 32 : 128; length >= 0; length--)
        {
            InternetPrefix prefix = new(address, length);
            foreach (BgpPath _ in speaker.PathsOf(prefix))
            {
                return prefix;
            }
        }

        return InternetPrefix.Host(address);
    }

    private static AddressFamily TakeFamily(List<string> words)
    {
        AddressFamily family = words.Count > 0 && words[0] == "ipv6" ? AddressFamily.IPv6 : AddressFamily.IPv4;
        if (words is ["ipv4" or "ipv6", ..])
        {
            words.RemoveAt(0);
        }

        Take(words, "unicast");
        return family;
    }

    private static bool Take(List<string> words, string word)
    {
        if (words.Count == 0 || words[0] != word)
        {
            return false;
        }

        words.RemoveAt(0);
        return true;
    }
}
