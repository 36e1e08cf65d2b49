using System;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Routes: those that begin here, those in UPDATEs, and what becomes of changes.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>Announces a prefix that begins here, or changes its attributes.</summary>
    public void Announce(BgpNetwork network)
    {
        PathAttributesBuilder builder = Tables.Builder;
        builder.Clear();
        builder.Origin = network.Origin;
        builder.Med = network.Med;
        builder.LocalPref = network.LocalPref;
        builder.NextHop = network.NextHop;
        builder.SetAsPath([.. network.AsPath]);
        builder.Communities.AddRange(network.Communities);
        builder.LargeCommunities.AddRange(network.LargeCommunities);
        RouteTable routes = RoutesOf(network.Prefix.Family);
        RibPath path = new()
        {
            Prefix = routes.Prefixes.Intern(network.Prefix),
            Peer = RouteTable.LocalPeer,
            Attributes = builder.Intern(Tables.Attributes).Id,
            Flags = PathFlags.Local,
        };
        routes.Update(path, 0, 0);
        ScheduleFlush();
    }

    /// <summary>Takes a prefix that begins here back. False if there is none.</summary>
    public bool Withdraw(InternetPrefix prefix)
    {
        RouteTable routes = RoutesOf(prefix.Family);
        bool removed = routes.Prefixes.TryFind(prefix, out int id) && routes.Withdraw(id, RouteTable.LocalPeer, 0);
        ScheduleFlush();
        return removed;
    }

    /// <summary>The neighbours' group for a family, with the session in it.</summary>
    internal UpdateGroup Join(BgpSession session, AddressFamily family)
    {
        UpdateGroup group = GroupFor(session, family);
        group.Join(session);
        return group;
    }

    private UpdateGroup GroupFor(BgpSession session, AddressFamily family)
    {
        UpdateGroupMember member = new(session.Configuration, session.RemoteCapabilities, session.LocalAddress);
        foreach (UpdateGroup group in _groups)
        {
            if (group.Key.Family == family && group.Representative.IsLike(member))
            {
                return group;
            }
        }

        UpdateGroupKey key = KeyOf(session, family);
        UpdateGroup? found = _groups.Find(candidate => candidate.Key == key);
        if (found is null)
        {
            found = new UpdateGroup(this, key);
            _groups.Add(found);
        }

        found.Representative = member;
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

    /// <summary>Arms the flush for the end of this instant.</summary>
    internal void ScheduleFlush()
    {
        if (!_flushTimer.IsArmed && IsRunning)
        {
            Scheduler.Schedule(_flushTimer, Scheduler.Now);
        }
    }

    /// <summary>Takes the routes of an UPDATE into the Adj-RIB-In (RFC 4271 section 9, RFC 7606).</summary>
    internal BgpError ProcessUpdate(BgpSession session, ReadOnlySpan<byte> message)
    {
        BgpError error = UpdateMessage.TryRead(message, out UpdateMessage update);
        if (error.IsError)
        {
            return error;
        }

        if (update.IsEmpty)
        {
            session.EndOfRibReceived(AddressFamily.IPv4);
            ScheduleFlush();
            return BgpError.None;
        }

        AttributeContext context = session.IsInternal ? AttributeContext.Internal : 0;
        context |= session.Both(BgpCapabilities.FourOctetAs) ? AttributeContext.FourOctetAs : 0;
        // First, so that no withdrawal gives back an attribute set that is about to be used.
        BgpError withdrawn = WithdrawRoutes(session, AddressFamily.IPv4, update.Withdrawn);
        PathAttributes? set = update.Attributes.IsEmpty || update.Nlri.IsEmpty
            ? null
            : Tables.Cache.Find(update.Attributes, context);
        AttributeReader attributes = default;
        if (set is null)
        {
            attributes = AttributeReader.Read(update.Attributes, update.AttributesOffset, context);
            error = CheckAttributes(ref attributes, update);
            if (error.Severity == ErrorSeverity.SessionReset)
            {
                return error;
            }
        }

        bool withdrawAll = error.Severity == ErrorSeverity.TreatAsWithdraw;
        error = BgpError.Graver(error, withdrawn);
        if (set is null)
        {
            error = BgpError.Graver(error, ProcessMultiprotocol(session, attributes, update, withdrawAll));
        }

        if (error.Severity < ErrorSeverity.SessionReset && !update.Nlri.IsEmpty)
        {
            BgpError nlri = withdrawAll
                ? WithdrawRoutes(session, AddressFamily.IPv4, update.Nlri)
                : AnnounceRoutes(session, AddressFamily.IPv4, update.Nlri, set ?? InternAttributes(attributes, update, context));
            error = BgpError.Graver(error, nlri);
        }

        ScheduleFlush();
        return error;
    }

    private static BgpError CheckAttributes(ref AttributeReader attributes, in UpdateMessage update)
    {
        if (!update.Nlri.IsEmpty || attributes.HasMpReach)
        {
            attributes.CheckMandatory(withNextHop: !update.Nlri.IsEmpty);
            return attributes.Error;
        }

        // RFC 7606 section 5.2: attributes without any route to announce: if they are wrong, the routes may be lost.
        bool suspicious = attributes.Error.Severity > ErrorSeverity.AttributeDiscard && attributes.HasOtherThanUnreach;
        return suspicious ? attributes.Error with { Severity = ErrorSeverity.SessionReset } : attributes.Error;
    }

    /// <summary>The set with the next hop of the NEXT_HOP attribute.</summary>
    private PathAttributes InternAttributes(AttributeReader attributes, in UpdateMessage update, AttributeContext context)
    {
        PathAttributes set = Intern(attributes, update, attributes.NextHop, default);
        if (!attributes.HasMpReach && !attributes.HasMpUnreach && !attributes.Error.IsError)
        {
            Tables.Cache.Add(update.Attributes, context, set);
        }

        return set;
    }

    private PathAttributes Intern(
        in AttributeReader attributes, in UpdateMessage update, InternetAddress nextHop, IPv6Address linkLocal)
    {
        int room = (update.Attributes.Length * 2) + 64;
        if (Tables.Scratch.Length < room)
        {
            Tables.Scratch = new byte[room];
        }

        int length = attributes.WriteCanonical(Tables.Scratch, update.Attributes);
        return Tables.Attributes.Intern(Tables.Scratch.AsSpan(0, length), nextHop, linkLocal);
    }

    /// <summary>MP_UNREACH_NLRI, then MP_REACH_NLRI (RFC 4760).</summary>
    private BgpError ProcessMultiprotocol(
        BgpSession session, in AttributeReader attributes, in UpdateMessage update, bool withdrawAll)
    {
        BgpError error = BgpError.None;
        if (attributes.HasMpUnreach)
        {
            MultiprotocolNlri unreach = MultiprotocolNlri.ReadUnreach(attributes.MpUnreach);
            if (!unreach.IsValid)
            {
                return MalformedMultiprotocol(AttributeType.MpUnreachNlri);
            }

            if (unreach.IsUnicast && session.Has(unreach.Family))
            {
                error = unreach.Nlri.IsEmpty && !attributes.HasOtherThanUnreach && update.Nlri.IsEmpty
                    ? EndOfRib(session, unreach.Family)
                    : WithdrawRoutes(session, unreach.Family, unreach.Nlri);
            }
        }

        if (!attributes.HasMpReach || error.Severity == ErrorSeverity.SessionReset)
        {
            return error;
        }

        MultiprotocolNlri reach = MultiprotocolNlri.ReadReach(attributes.MpReach);
        if (!reach.IsValid)
        {
            return MalformedMultiprotocol(AttributeType.MpReachNlri);
        }

        if (!reach.IsUnicast || !session.Has(reach.Family))
        {
            return error;
        }

        BgpError nlri = withdrawAll
            ? WithdrawRoutes(session, reach.Family, reach.Nlri)
            : AnnounceRoutes(session, reach.Family, reach.Nlri, Intern(attributes, update, reach.NextHop, reach.LinkLocal));
        return BgpError.Graver(error, nlri);
    }

    private static BgpError EndOfRib(BgpSession session, AddressFamily family)
    {
        session.EndOfRibReceived(family);
        return BgpError.None;
    }

    // RFC 7606 section 7.11: the routes can't be told, so the session ends.
    private static BgpError MalformedMultiprotocol(AttributeType type) =>
        BgpError.Update(BgpErrorSubcode.OptionalAttributeError) with { Attribute = (byte)type };

    private BgpError WithdrawRoutes(BgpSession session, AddressFamily family, ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty || !session.Has(family))
        {
            return BgpError.None;
        }

        RouteTable routes = RoutesOf(family);
        NlriBuffer nlri = Tables.Nlri;
        nlri.Clear();
        bool whole = routes.Prefixes.TryReadNlri(field, session.ReceivesAddPath(family), nlri);
        int removed = 0;
        for (int i = 0; i < nlri.Count; i++)
        {
            removed += routes.Withdraw(nlri.Prefixes[i], session.Index, nlri.PathIds[i]) ? 1 : 0;
        }

        session.CountPaths(family, -removed);

        // RFC 7606 section 5.3: a field that can't be read ends the session.
        return whole ? BgpError.None : BgpError.Update(BgpErrorSubcode.InvalidNetworkField);
    }

    private BgpError AnnounceRoutes(
        BgpSession session, AddressFamily family, ReadOnlySpan<byte> field, PathAttributes set)
    {
        if (!session.Has(family))
        {
            Tables.Attributes.Discard(set);
            return BgpError.None;
        }

        RouteTable routes = RoutesOf(family);
        NlriBuffer nlri = Tables.Nlri;
        nlri.Clear();
        bool whole = routes.Prefixes.TryReadNlri(field, session.ReceivesAddPath(family), nlri);
        RibPath path = new()
        {
            Peer = session.Index,
            Attributes = set.Id,
            Flags = (session.IsInternal ? PathFlags.Internal : 0)
                | (session.Configuration.RouteReflectorClient ? PathFlags.FromClient : 0),
        };
        Reject(ref path, Judge(session, set));
        Tables.Attributes.Acquire(set.Id);
        int added = 0;
        for (int i = 0; i < nlri.Count; i++)
        {
            path.Prefix = nlri.Prefixes[i];
            added += session.Configuration.Import is RoutePolicy policy
                ? ImportByPolicy(session, routes, policy, path, set, nlri.PathIds[i])
                : routes.Update(path, nlri.PathIds[i], 0) ? 1 : 0;
        }

        Tables.Attributes.Release(set.Id);
        if (!session.CountPaths(family, added))
        {
            return BgpError.Cease(BgpErrorSubcode.MaximumPrefixesReached);
        }

        return whole ? BgpError.None : BgpError.Update(BgpErrorSubcode.InvalidNetworkField);
    }

    private int ImportByPolicy(
        BgpSession session, RouteTable routes, RoutePolicy policy, RibPath path, PathAttributes set, uint pathId)
    {
        PathAttributesBuilder builder = Tables.Builder;
        builder.Load(set);
        PolicyRoute route = new(routes.Prefixes[path.Prefix], builder)
        {
            Source = session.Address,
            Neighbor = session.Address,
            Origin = session.IsInternal ? PolicyRouteSource.Internal : PolicyRouteSource.External,
            LocalAs = Configuration.As,
        };
        bool accepted = policy.Evaluate(route);
        int received = 0;
        if (!accepted)
        {
            Reject(ref path, PathRejection.Policy);
        }
        else
        {
            path.Attributes = builder.Intern(Tables.Attributes).Id;
            received = path.Attributes == set.Id ? 0 : set.Id;
        }

        return routes.Update(path, pathId, received) ? 1 : 0;
    }

    private static void Reject(ref RibPath path, PathRejection rejection)
    {
        if (rejection != PathRejection.None)
        {
            path.Flags |= PathFlags.Rejected;
            path.Verdict = (byte)rejection;
        }
    }

    /// <summary>Whether routes with these attributes may take part in the decision at all (RFC 4271 section 9.1.2).</summary>
    private PathRejection Judge(BgpSession session, PathAttributes set)
    {
        BgpNeighborConfiguration neighbor = session.Configuration;
        uint localAs = neighbor.LocalAs != 0 ? neighbor.LocalAs : Configuration.As;
        if (!set.AsPath.IsEmpty)
        {
            bool loop = set.AsPath.CountOf(Configuration.As) > neighbor.AllowedOwnAs
                || set.AsPath.CountOf(localAs) > neighbor.AllowedOwnAs;
            if (loop)
            {
                return PathRejection.AsLoop;
            }
        }

        if (!session.IsInternal && neighbor.EnforceFirstAs && set.NeighborAs != neighbor.RemoteAs)
        {
            return PathRejection.FirstAsMismatch;
        }

        if (session.IsInternal && set.TryGetOriginatorId(out IPv4Address originator) && originator == Configuration.RouterId)
        {
            return PathRejection.OriginatorLoop;
        }

        IPv4Address cluster = Configuration.ClusterId.IsUnspecified ? Configuration.RouterId : Configuration.ClusterId;
        if (session.IsInternal && set.ClusterListContains(cluster))
        {
            return PathRejection.ClusterLoop;
        }

        return JudgeNextHop(set.NextHop);
    }

    private PathRejection JudgeNextHop(InternetAddress nextHop)
    {
        bool invalid = nextHop.IsUnspecified
            || (nextHop.IsIPv4 ? nextHop.IPv4.IsMulticast || nextHop.IPv4.IsReserved : nextHop.IPv6.IsMulticast)
            || (Services.IsLocalAddress?.Invoke(nextHop) ?? false);
        if (invalid)
        {
            return PathRejection.NextHopInvalid;
        }

        return Services.NextHops is null || Services.NextHops.TryResolve(nextHop, out _)
            ? PathRejection.None
            : PathRejection.NextHopUnreachable;
    }

    private void Flush()
    {
        Scheduler.Cancel(_flushTimer);
        if (_nextHopsChanged)
        {
            _nextHopsChanged = false;
            ResolveAgain(_ipv4);
            ResolveAgain(_ipv6);
        }

        Publish(_ipv4);
        Publish(_ipv6);
        foreach (UpdateGroup group in _groups)
        {
            group.Flush();
        }
    }

    /// <summary>Asks for every next hop again; paths whose answer has changed come in or go out.</summary>
    private void ResolveAgain(RouteTable routes)
    {
        for (int row = 0; row < routes.RowCount; row++)
        {
            ref RibPath path = ref routes[row];
            if (path.Prefix < 0 || path.Peer == RouteTable.LocalPeer)
            {
                continue;
            }

            bool rejected = (path.Flags & PathFlags.Rejected) != 0;
            if (rejected && (PathRejection)path.Verdict != PathRejection.NextHopUnreachable)
            {
                continue;
            }

            PathRejection answer = JudgeNextHop(Tables.Attributes[path.Attributes].NextHop);
            if (rejected != (answer != PathRejection.None))
            {
                routes.SetRejection(row, answer);
            }
            else if (!rejected && path.Next != 0)
            {
                routes.Reconsider(path.Prefix);
            }
        }
    }

    /// <summary>Tells FIB and update groups what has changed.</summary>
    private void Publish(RouteTable routes)
    {
        if (routes.Changed.Count == 0)
        {
            return;
        }

        LastRouteChange = Scheduler.Now;
        foreach (int prefix in routes.Changed)
        {
            routes.ClearChanged(prefix);
            if (Services.RouteSink is IRouteSink sink)
            {
                Install(sink, routes, prefix);
            }

            foreach (UpdateGroup group in _groups)
            {
                if (group.Key.Family == routes.Prefixes.Family)
                {
                    group.MarkDirty(prefix);
                }
            }
        }

        routes.Changed.Clear();
    }

    private void Install(IRouteSink sink, RouteTable routes, int prefix)
    {
        int best = routes.BestRow(prefix);
        if (best < 0 || routes[best].Peer == RouteTable.LocalPeer)
        {
            sink.Remove(routes.Prefixes[prefix]);
            return;
        }

        Span<BgpNextHop> nextHops = new BgpNextHop[MaximumNextHops];
        int count = 0;
        for (int row = best; row >= 0 && count < MaximumNextHops; row = routes.NextRow(row))
        {
            ref RibPath path = ref routes[row];
            if (row == best || (path.Flags & PathFlags.Multipath) != 0)
            {
                PathAttributes set = Tables.Attributes[path.Attributes];
                nextHops[count++] = new BgpNextHop(set.NextHop, set.LinkLocalNextHop, _sessions[path.Peer]!.Address);
            }
        }

        BgpRoute route = new(
            routes.Prefixes[prefix],
            (routes[best].Flags & PathFlags.Internal) != 0,
            Tables.Attributes[routes[best].Attributes].Med);
        sink.Install(route, nextHops[..count]);
    }

    private const int MaximumNextHops = 64;

    private UpdateGroupKey KeyOf(BgpSession session, AddressFamily family)
    {
        BgpNeighborConfiguration neighbor = session.Configuration;
        return new UpdateGroupKey
        {
            Family = family,
            IsInternal = session.IsInternal,
            IsClient = neighbor.RouteReflectorClient,
            FourOctetAs = session.Both(BgpCapabilities.FourOctetAs),
            ExtendedMessages = session.Both(BgpCapabilities.ExtendedMessage),
            AddPath = session.SendsAddPath(family),
            LocalAs = neighbor.LocalAs != 0 ? neighbor.LocalAs : Configuration.As,
            NextHop = neighbor.NextHop,
            Self = SelfOf(session, family),
            SelfLinkLocal = family == AddressFamily.IPv6 ? neighbor.LinkLocalNextHop : default,
            RemovePrivateAs = neighbor.RemovePrivateAs,
            SendBackToSender = neighbor.SendBackToSender,
            SendCommunities = neighbor.SendCommunities,
            Export = neighbor.Export,
            Timers = session.Timers,
        };
    }

    private InternetAddress SelfOf(BgpSession session, AddressFamily family)
    {
        InternetAddress local = session.LocalAddress;
        if (family == AddressFamily.IPv6 && !session.Configuration.LocalIPv6NextHop.IsNone)
        {
            return session.Configuration.LocalIPv6NextHop;
        }

        bool needsIPv4 = family == AddressFamily.IPv4 && local.IsIPv6 && !session.Both(BgpCapabilities.ExtendedNextHop);
        return needsIPv4 ? Configuration.RouterId : local;
    }
}
