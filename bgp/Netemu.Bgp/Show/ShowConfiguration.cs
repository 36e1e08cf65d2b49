using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Frr;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>What vtysh shows of a configuration: the running one, lists, route maps, peer groups.</summary>
public static class ShowConfiguration
{
    /// <summary>Runs a command. False if it is none of these.</summary>
    /// <param name="configuration">The configuration in FRR's words.</param>
    /// <param name="speaker">The router, for the state of its neighbours.</param>
    /// <param name="command">For instance "show ip prefix-list NAME json".</param>
    /// <param name="output">What is printed.</param>
    public static bool TryRun(FrrConfiguration configuration, BgpSpeaker speaker, string command, out string output)
    {
        List<string> words = ShowAbbreviations.Expand(command);
        bool json = words.Count > 2 && words[^1] == "json" && words.Remove("json");
        output = "";
        switch (words)
        {
            case ["show", "running-config", ..] when !json:
                return TryRunning(configuration, words[2..], out output);
            case ["write", "terminal"]:
                return TryRunning(configuration, [], out output);
            case ["show", "startup-config"]:
                return true;
            case ["show", "route-map", ..] when words.Count <= 3:
                output = ShowRouteMaps.Run(configuration, words.ElementAtOrDefault(2), json);
                return true;
            case ["show", "ip" or "ipv6", "prefix-list", ..] when words.Count <= 4:
                output = ShowLists.PrefixLists(configuration, words[1] == "ip" ? AddressFamily.IPv4 : AddressFamily.IPv6, words.ElementAtOrDefault(3), json);
                return true;
            case ["show", "ip" or "ipv6", "access-list", ..] when words.Count <= 4 && !json:
                output = ShowLists.AccessLists(configuration, words[1] == "ip" ? AddressFamily.IPv4 : AddressFamily.IPv6, words.ElementAtOrDefault(3));
                return true;
            case ["show", "bgp" or "ip", "as-path-access-list", ..] when words.Count <= 4:
                output = ShowLists.AsPathLists(configuration, words.ElementAtOrDefault(3), json);
                return true;
            case ["show", "bgp", "community-list" or "extcommunity-list" or "large-community-list", ..] when !json && words is [_, _, _] or [_, _, _, _] or [_, _, _, _, "detail"]:
                output = ShowLists.CommunityLists(configuration, words[2], words.ElementAtOrDefault(3));
                return true;
            case ["show", "bgp", "peer-group", ..] when words.Count <= 4:
                output = ShowPeerGroups.Run(configuration, speaker, words.ElementAtOrDefault(3), json);
                return true;
            case ["show", "ip", "bgp", "peer-group", ..] when words.Count <= 5:
                output = ShowPeerGroups.Run(configuration, speaker, words.ElementAtOrDefault(4), json);
                return true;
            default:
                return false;
        }
    }

    /// <summary>"show running-config [DAEMON] [no-header]".</summary>
    private static bool TryRunning(FrrConfiguration configuration, IEnumerable<string> words, out string output)
    {
        List<string> left = [.. words];
        bool headed = !left.Remove("no-header");
        string? daemon = left.Find(word => word is "bgpd" or "zebra" or "staticd" or "bfdd");
        if (daemon is not null)
        {
            left.Remove(daemon);
        }

        output = (headed ? "Building configuration...\n\nCurrent configuration:\n!\n" : "") + FrrWriter.Write(configuration, daemon);
        return left.Count == 0;
    }
}
