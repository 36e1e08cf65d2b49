using System.Collections.Generic;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>Which neighbours are told the same.</summary>
public sealed partial class BgpSpeaker
{
    private int _groupsMade;
    private int _joins;

    /// <summary>The groups that there are.</summary>
    internal IReadOnlyList<UpdateGroup> Groups => _groups;

    /// <summary>How many groups there have been, and how many times a neighbour has joined one.</summary>
    internal (int Groups, int Joins) GroupEvents => (_groupsMade, _joins);

    /// <summary>The neighbours' group for a family, with the session in it.</summary>
    internal UpdateGroup Join(BgpSession session, AddressFamily family)
    {
        BeginStartup();
        UpdateGroup group = GroupFor(session, family);
        group.Join(session);
        _joins++;
        return group;
    }

    /// <summary>The last neighbour has left a group.</summary>
    internal void Remove(UpdateGroup group)
    {
        _groups.Remove(group);
        _lastGroup = null;
    }

    private UpdateGroup GroupFor(BgpSession session, AddressFamily family)
    {
        if (session.Configuration.ConditionOf(family) is not null)
        {
            // Its state is the session's, and not to be seen in what is compared below.
            return GroupOf(KeyOf(session, family));
        }

        UpdateGroupMember member = new(session.Configuration, session.RemoteCapabilities, session.LocalAddress);
        if (_lastGroup is not null && IsOf(_lastGroup, session, member, family))
        {
            return _lastGroup;
        }

        foreach (UpdateGroup group in _groups)
        {
            if (IsOf(group, session, member, family))
            {
                return _lastGroup = group;
            }
        }

        UpdateGroup found = GroupOf(KeyOf(session, family));
        found.Representative = member;
        return _lastGroup = found;
    }

    private bool IsOf(UpdateGroup group, BgpSession session, in UpdateGroupMember member, AddressFamily family) =>
        group.Representative.IsLike(member) && group.Key.Family == family && group.Key.Only is null && group.Key.Link == LinkOf(session, family);

    private UpdateGroup GroupOf(UpdateGroupKey key)
    {
        UpdateGroup? found = _groups.Find(candidate => candidate.Key == key);
        if (found is null)
        {
            found = new UpdateGroup(this, key, ++_groupsMade);
            _groups.Add(found);
        }

        return found;
    }

    internal int CountAdvertised(BgpSession session, AddressFamily family)
    {
        int count = 0;
        if (session.GroupOf(family) is UpdateGroup group)
        {
            for (int row = 0; row < group.AdjRibOut.RowCount; row++)
            {
                count += group.Holds(session, row) ? 1 : 0;
            }
        }

        return count;
    }

    private UpdateGroupKey KeyOf(BgpSession session, AddressFamily family)
    {
        BgpNeighborConfiguration neighbor = session.Configuration;
        return new UpdateGroupKey
        {
            Family = family,
            IsInternal = session.IsInternal,
            IsConfederation = session.IsConfederation,
            IsClient = neighbor.RouteReflectorClient,
            FourOctetAs = session.Both(BgpCapabilities.FourOctetAs),
            ExtendedMessages = session.Both(BgpCapabilities.ExtendedMessage),
            ExtendedNextHop = session.Both(BgpCapabilities.ExtendedNextHop),
            AddPath = session.SendsAddPath(family),
            AddPathBestOfAs = neighbor.AddPathBestOfAs,
            LocalAs = session.LocalAs,
            LocalAsReplaces = neighbor.LocalAsReplaces,
            OverriddenAs = neighbor.AsOverride ? session.RemoteAs : 0,
            IsRouteServerClient = neighbor.RouteServerClient,
            KeepsAsPath = neighbor.KeepsAsPath,
            KeepsMed = neighbor.KeepsMed,
            DefaultOriginate = neighbor.DefaultOriginate,
            DefaultOriginatePolicy = neighbor.DefaultOriginate ? neighbor.DefaultOriginatePolicy : null,
            DeniesAll = neighbor.RequiresPolicy && session.IsOutside && neighbor.Export is null,
            Only = HasAdvertisementInterval(session) ? session.Index : null,
            NextHop = neighbor.NextHop,
            KeepsNextHopOnLink = neighbor.KeepsNextHopOnLink,
            Link = LinkOf(session, family),
            Self = SelfOf(session, family),
            SelfLinkLocal = family == AddressFamily.IPv6 || SelfOf(session, family).IsIPv6 ? neighbor.LinkLocalNextHop : default,
            Role = session.IsOutside ? neighbor.Role : BgpRole.None,
            LongLived = (session.RemoteCapabilities & BgpCapabilities.LongLived) != 0,
            LongLivedPartialDeployment = neighbor.LongLivedPartialDeployment && (session.IsInternal || session.IsConfederation),
            RemovePrivateAs = neighbor.RemovePrivateAs,
            KeptPrivateAs = neighbor.RemovePrivateAs == PrivateAsMode.Keep ? 0 : session.RemoteAs,
            SendBackToSender = neighbor.SendBackToSender,
            SendCommunities = neighbor.SendCommunities,
            Unsuppress = neighbor.Unsuppress,
            Export = ExportOf(session, family),
            Timers = session.Timers,
        };
    }

    /// <summary>
    /// RFC 4271 section 9.2.1.1 has the interval per peer, so a neighbour with one is a group of its own.
    /// </summary>
    private static bool HasAdvertisementInterval(BgpSession session) =>
        (session.IsInternal ? session.Timers.AdvertisementIntervalInternal : session.Timers.AdvertisementIntervalExternal)
            > Duration.Zero;

    /// <summary>
    /// The neighbour's group as its configuration says now. What it held and is not told there is withdrawn.
    /// </summary>
    internal UpdateGroup? Regroup(BgpSession session, UpdateGroup? old)
    {
        if (old is null || KeyOf(session, old.Key.Family) == old.Key)
        {
            return old;
        }

        AddressFamily family = old.Key.Family;
        List<(int Prefix, uint PathId)> held = [];
        for (int row = 0; row < old.AdjRibOut.RowCount; row++)
        {
            if (old.Holds(session, row))
            {
                held.Add((old.AdjRibOut[row].Prefix, old.AdjRibOut[row].PathId));
            }
        }

        old.Leave(session);
        UpdateGroup group = GroupFor(session, family);
        group.Join(session);
        _joins++;
        group.WithdrawOthers(session, held);
        return group;
    }

    /// <summary>The link that an external neighbour is on; null for one elsewhere, and where next hops do not ask for it.</summary>
    private InternetPrefix? LinkOf(BgpSession session, AddressFamily family) =>
        session.Configuration.KeepsNextHopOnLink && family == AddressFamily.IPv4 && session.IsOutside
            && Services.LinkOf?.Invoke(session.LocalAddress) is { } link && link.Contains(session.Address) ? link : null;

    /// <summary>
    /// What "self" is as a next hop: the session's own address, or for the other family the address beside it on its interface
    /// (bgp_nexthop_set); where there is none, the identifier for IPv4.
    /// </summary>
    private InternetAddress SelfOf(BgpSession session, AddressFamily family)
    {
        InternetAddress local = session.LocalAddress;
        if (family == AddressFamily.IPv6 && !session.Configuration.LocalIPv6NextHop.IsNone)
        {
            return session.Configuration.LocalIPv6NextHop;
        }

        bool isIPv4 = family == AddressFamily.IPv4;
        if (local.IsIPv4 == isIPv4 || (isIPv4 && session.Both(BgpCapabilities.ExtendedNextHop)))
        {
            return local;
        }

        InternetAddress beside = Services.AddressBeside?.Invoke(local, family) ?? default;
        return !beside.IsNone ? beside : isIPv4 ? Configuration.RouterId : local;
    }
}
