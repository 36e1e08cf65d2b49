using System;
using System.Collections.Generic;
using System.Linq;
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
    public static bool TryRun(BgpSpeaker speaker, string command, out string output, SessionLog? log = null)
    {
        List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
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

        bool allFamilies = !ip && words.Count > 0 && words[0] is "summary";
        AddressFamily family = TakeFamily(words);
        if (words is ["neighbors" or "neighbor", string known, ..] && speaker.FindNeighbor(known) is { } neighbor)
        {
            words[1] = neighbor.Address.ToString();
        }

        if (words is ["neighbors" or "neighbor", string named, "log"] && log is not null && InternetAddress.TryParse(named, out InternetAddress logged))
        {
            output = json ? ShowSessionLog.Json(log, logged) : ShowSessionLog.Text(log, logged);
            return true;
        }

        return TryRun(speaker, words, family, allFamilies, json, out output);
    }

    private static bool TryRun(
        BgpSpeaker speaker, List<string> words, AddressFamily family, bool allFamilies, bool json, out string output)
    {
        switch (words)
        {
            case []:
                output = json ? ShowRoutes.Json(speaker, family) : ShowRoutes.Text(speaker, family);
                return true;
            case ["summary"]:
                output = Summary(speaker, family, allFamilies, json);
                return true;
            case ["neighbors" or "neighbor"]:
                output = json ? ShowNeighbors.Json(speaker) : ShowNeighbors.Text(speaker);
                return true;
            case ["neighbors" or "neighbor", string address] when InternetAddress.TryParse(address, out InternetAddress peer):
                output = json ? ShowNeighbors.Json(speaker, peer) : ShowNeighbors.Text(speaker, peer);
                return true;
            case ["neighbors" or "neighbor", string address, string which] when InternetAddress.TryParse(address, out InternetAddress peer)
                && ShowNeighborRoutes.TryRun(speaker, family, peer, which, json, out output):
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
            case [string text] when InternetPrefix.TryParse(text, out InternetPrefix prefix):
                InternetPrefix match = text.Contains('/', StringComparison.Ordinal) ? prefix : LongestMatch(speaker, prefix.Address);
                output = json ? ShowRoute.Json(speaker, match) : ShowRoute.Text(speaker, match);
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

    private static string Summary(BgpSpeaker speaker, AddressFamily family, bool allFamilies, bool json)
    {
        List<AddressFamily> families = allFamilies ? [AddressFamily.IPv4, AddressFamily.IPv6] : [family];
        if (json)
        {
            return ShowSummary.Json(speaker, families);
        }

        List<string> texts = [];
        foreach (AddressFamily one in families)
        {
            if (!allFamilies || ShowSummary.Neighbors(speaker, one).Count > 0)
            {
                texts.Add(ShowSummary.Text(speaker, one));
            }
        }

        return texts.Count > 0 ? "\n" + string.Join("\n", texts) : "% No BGP neighbors found in VRF default\n";
    }

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

        return new InternetPrefix(address, address.IsIPv4 ? 32 : 128);
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
