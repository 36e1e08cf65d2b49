using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>
/// How many paths of each neighbour are in the table, and not only kept beside it as refused: one walk over a family for all
/// neighbours, at the first question.
/// </summary>
internal sealed class AcceptedPaths(BgpSpeaker speaker)
{
    private readonly Dictionary<AddressFamily, Dictionary<BgpSession, int>> _families = [];

    public int Of(BgpSession session, AddressFamily family)
    {
        if (!_families.TryGetValue(family, out Dictionary<BgpSession, int>? counts))
        {
            _families[family] = counts = speaker.Paths(family)
                .Where(path => path.Peer is not null && !ShowRoutes.IsRefused(path))
                .CountBy(path => path.Peer!)
                .ToDictionary();
        }

        return counts.GetValueOrDefault(session);
    }
}
