using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>What can be seen of the RIBs. Walks are in this speaker's insertion order; who prints, sorts.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>Every path, the best one of a prefix before its others.</summary>
    public IEnumerable<BgpPath> Paths(AddressFamily family)
    {
        RouteTable routes = RoutesOf(family);
        foreach ((int prefix, int row) in routes.Paths)
        {
            if (routes.FirstRow(prefix) != row)
            {
                continue;
            }

            for (int path = row; path >= 0; path = routes.NextRow(path))
            {
                yield return View(routes, prefix, path);
            }
        }
    }

    /// <summary>The paths of one prefix, the best one first.</summary>
    public IEnumerable<BgpPath> PathsOf(InternetPrefix prefix)
    {
        RouteTable routes = RoutesOf(prefix.Family);
        if (!routes.Prefixes.TryFind(prefix, out int id))
        {
            yield break;
        }

        for (int row = routes.FirstRow(id); row >= 0; row = routes.NextRow(row))
        {
            yield return View(routes, id, row);
        }
    }

    /// <summary>The best path of a prefix; null if it has none.</summary>
    public BgpPath? BestPath(InternetPrefix prefix)
    {
        foreach (BgpPath path in PathsOf(prefix))
        {
            return path.IsBest ? path : null;
        }

        return null;
    }

    /// <summary>True if an aggregate of this speaker stands for the prefix ("summary-only").</summary>
    public bool IsSuppressed(InternetPrefix prefix) =>
        RoutesOf(prefix.Family).Prefixes.TryFind(prefix, out int id) && ((IRibPeers)this).IsSuppressed(prefix.Family, id);

    /// <summary>The Adj-RIB-In of one neighbour.</summary>
    public IEnumerable<BgpPath> ReceivedRoutes(BgpSession session, AddressFamily family)
    {
        RouteTable routes = RoutesOf(family);
        foreach ((int prefix, int row) in routes.Paths)
        {
            if (routes[row].Peer == session.Index)
            {
                yield return View(routes, prefix, row);
            }
        }
    }

    /// <summary>
    /// The Adj-RIB-Out of one neighbour: what it has been told, with the attributes that it was told.
    /// </summary>
    public IEnumerable<(InternetPrefix Prefix, PathAttributes Attributes)> AdvertisedRoutes(
        BgpSession session, AddressFamily family)
    {
        if (session.GroupOf(family) is not UpdateGroup group)
        {
            yield break;
        }

        for (int row = 0; row < group.AdjRibOut.RowCount; row++)
        {
            if (group.Holds(session, row))
            {
                AdjRibOut.Row route = group.AdjRibOut[row];
                yield return (RoutesOf(family).Prefixes[route.Prefix], Tables.Attributes[route.Attributes]);
            }
        }
    }

    /// <summary>How often best paths have changed: FRR's table version.</summary>
    public long TableVersion(AddressFamily family) => RoutesOf(family).Version;

    /// <summary>True if a neighbour has been told a route to a prefix.</summary>
    public bool IsAdvertised(BgpSession session, InternetPrefix prefix)
    {
        if (session.GroupOf(prefix.Family) is not UpdateGroup group
            || !RoutesOf(prefix.Family).Prefixes.TryFind(prefix, out int id))
        {
            return false;
        }

        int row = group.AdjRibOut.FirstRow(id);
        return row >= 0 && group.Holds(session, row);
    }

    /// <summary>Prefixes with a best path.</summary>
    public int RouteCount(AddressFamily family) => RoutesOf(family).BestCount;

    /// <summary>Paths of all prefixes, best or not.</summary>
    public int PathCount(AddressFamily family) => RoutesOf(family).PathCount;

    private BgpPath View(RouteTable routes, int prefix, int row)
    {
        RibPath path = routes[row];
        bool rejected = (path.Flags & PathFlags.Rejected) != 0;
        return new BgpPath(routes.Prefixes[prefix], Tables.Attributes[path.Attributes])
        {
            Received = Tables.Attributes[routes.ReceivedAttributesOf(row)],
            Peer = path.Peer == RouteTable.LocalPeer ? null : _sessions[path.Peer],
            PathId = routes.PathIdOf(row),
            Arrival = row,
            Metric = path.Peer == RouteTable.LocalPeer ? 0 : ((IRibPeers)this).MetricOf(Tables.Attributes[path.Attributes].NextHop),
            IsBest = routes.BestRow(prefix) == row,
            IsMultipath = (path.Flags & PathFlags.Multipath) != 0,
            IsStale = (path.Flags & PathFlags.Stale) != 0,
            IsInternal = (path.Flags & PathFlags.Internal) != 0,
            IsConfederation = (path.Flags & PathFlags.Confederation) != 0,
            Reason = rejected ? BestPathReason.None : (BestPathReason)path.Verdict,
            Rejection = rejected ? (PathRejection)path.Verdict : PathRejection.None,
        };
    }
}
