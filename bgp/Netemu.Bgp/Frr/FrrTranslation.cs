using System.Collections.Generic;
using System.Collections.Immutable;
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
        Replace(peer, peer.General, Lines(FrrSessionStatements.All, neighbor, speaker));
        Replace(peer, peer.IPv4, neighbor.IPv4Unicast ? Lines(FrrNeighborFamilyStatements.All, neighbor, speaker) : []);
        Replace(peer, peer.IPv6, neighbor.IPv6Unicast ? Lines(FrrNeighborFamilyStatements.All, neighbor, speaker) : []);
    }

    private static IEnumerable<(string Key, string Words)> Lines(
        ImmutableArray<FrrNeighborStatement> table, BgpNeighborConfiguration neighbor, BgpSpeakerConfiguration speaker) =>
        table.SelectMany(statement => statement.Given(neighbor, speaker));

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
}
