using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Peering;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// The import and export policies of a machine's sessions. Sessions whose rules are the same when they are configured (a
/// mesh, the clients of a reflector) share one policy, and follow its changes together.
/// </summary>
internal sealed class PeeringPolicies
{
    private readonly List<Entry> _entries = [];

    public void Clear() => _entries.Clear();

    /// <summary>The live policies of a session: import and export.</summary>
    public (LivePolicy Import, LivePolicy Export) Of(BgpPeering peering)
    {
        Entry? found = _entries.Find(entry => entry.Addresses.Contains(peering.PeerAddress));
        if (found is null)
        {
            found = _entries.Find(entry => entry.Fits(peering));
            if (found is null)
            {
                found = new Entry(peering);
                _entries.Add(found);
            }

            found.Addresses.Add(peering.PeerAddress);
        }

        return (found.Import, found.Export);
    }

    /// <summary>Brings every policy to the rules of its sessions; what no session uses any more goes.</summary>
    public void Update(BgpNodeConfiguration wanted)
    {
        foreach (Entry entry in _entries)
        {
            BgpPeering[] users = [.. wanted.Peerings.Where(p => entry.Addresses.Contains(p.PeerAddress))];
            entry.Addresses.IntersectWith(users.Select(p => p.PeerAddress));
            if (users.Length > 0)
            {
                entry.Take(users[0]);
            }
        }

        _entries.RemoveAll(entry => entry.Addresses.Count == 0);
    }

    /// <summary>Sessions that shared a policy and would now have different rules are configured apart.</summary>
    public void Part(BgpNodeConfiguration wanted)
    {
        foreach (Entry entry in _entries)
        {
            BgpPeering? first = wanted.Peerings.FirstOrDefault(p => entry.Addresses.Contains(p.PeerAddress));
            foreach (BgpPeering other in wanted.Peerings.Where(p => entry.Addresses.Contains(p.PeerAddress)))
            {
                if (first is not null && !(first.Export.SequenceEqual(other.Export) && first.Import.SequenceEqual(other.Import)))
                {
                    entry.Addresses.Remove(other.PeerAddress);
                }
            }
        }
    }

    private sealed class Entry
    {
        private BgpPeering _peering;

        public Entry(BgpPeering peering)
        {
            _peering = peering;
            Import = new LivePolicy("import", ClusterSpeaker.ImportOf(peering));
            Export = new LivePolicy("calico_export_to_bgp_peers", ClusterSpeaker.ExportOf(peering));
        }

        public HashSet<Core.Addresses.InternetAddress> Addresses { get; } = [];

        public LivePolicy Import { get; }

        public LivePolicy Export { get; }

        public bool Fits(BgpPeering peering) =>
            _peering.Export.SequenceEqual(peering.Export) && _peering.Import.SequenceEqual(peering.Import);

        public void Take(BgpPeering peering)
        {
            if (Fits(peering))
            {
                return;
            }

            _peering = peering;
            Import.Replace(ClusterSpeaker.ImportOf(peering));
            Export.Replace(ClusterSpeaker.ExportOf(peering));
        }
    }
}
