using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Long-lived stale routes (RFC 9494) in the table.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>
    /// Puts LLGR_STALE on the stale routes of a neighbour, and takes those with NO_LLGR out, whoever put it there. How many
    /// have gone.
    /// </summary>
    internal int MarkLongLived(BgpSession session, AddressFamily family)
    {
        RouteTable routes = RoutesOf(family);
        int removed = 0;
        routes.TellApart();
        for (int row = 0; row < routes.RowCount; row++)
        {
            RibPath path = routes[row];
            if (path.IsFree || path.Peer != session.Index || (path.Flags & PathFlags.Stale) == 0)
            {
                continue;
            }

            PathAttributes set = Tables.Attributes[path.Attributes];
            PathAttributes received = Tables.Attributes[routes.ReceivedAttributesOf(row)];
            if (set.HasCommunity(Community.NoLlgr) || received.HasCommunity(Community.NoLlgr))
            {
                routes.Withdraw(path.Prefix, path.Peer, routes.PathIdOf(row));
                removed++;
            }
            else if (!set.IsLongLivedStale)
            {
                PathAttributesBuilder builder = Tables.Builder;
                builder.Load(set);
                builder.Communities.Add(Community.LlgrStale);
                path.Attributes = builder.Intern(Tables.Attributes).Id;
                path.Flags &= ~(PathFlags.Modified | PathFlags.Multipath);
                routes.Update(path, routes.PathIdOf(row), received.Id);
            }
        }

        return removed;
    }
}
