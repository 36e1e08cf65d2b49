using System;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>UPDATE messages into the Adj-RIB-In (RFC 4271 section 9, RFC 7606).</summary>
public sealed partial class BgpSpeaker
{
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
            return EndOfRib(session, AddressFamily.IPv4);
        }

        AttributeContext context = (session.IsInternal ? AttributeContext.Internal : 0) | session.ConfederationContext;
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

    private BgpError EndOfRib(BgpSession session, AddressFamily family)
    {
        session.EndOfRibReceived(family);
        Monitor?.EndOfRib(session, family);
        if (RoutesOf(family).Changed.Count > 0)
        {
            // Stale routes have gone.
            ScheduleFlush();
        }

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
        bool damps = Configuration.Damping is not null;
        for (int i = 0; i < nlri.Count; i++)
        {
            bool found = routes.Withdraw(nlri.Prefixes[i], session.Index, nlri.PathIds[i]);
            removed += found ? 1 : 0;
            if (found && damps)
            {
                FlapWithdrawn(session, family, nlri.Prefixes[i], nlri.PathIds[i]);
            }
        }

        session.CountPaths(family, -removed);
        Monitor?.Changed(session, family, nlri);

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
            Flags = (session.IsInternal ? PathFlags.Internal : session.IsConfederation ? PathFlags.Confederation : 0)
                | (session.Configuration.RouteReflectorClient ? PathFlags.FromClient : 0),
        };
        Reject(ref path, Judge(session, set));
        PathAttributes adjusted = AdjustOnImport(session, set);
        Tables.Attributes.Acquire(set.Id);
        Tables.Attributes.Acquire(adjusted.Id);
        int added = 0;
        int accepted = (path.Flags & PathFlags.Rejected) == 0 ? nlri.Count : 0;
        if (Configuration.Damping is null && session.Configuration.Import is null)
        {
            path.Attributes = adjusted.Id;
            added = routes.Update(path, nlri.Prefixes, nlri.PathIds, adjusted.Id == set.Id ? 0 : set.Id);
        }
        else
        {
            accepted = 0;
            for (int i = 0; i < nlri.Count; i++)
            {
                path.Prefix = nlri.Prefixes[i];
                added += Import(session, routes, path, set, adjusted, nlri.PathIds[i], ref accepted) ? 1 : 0;
            }
        }

        Tables.Attributes.Release(adjusted.Id);
        Tables.Attributes.Release(set.Id);
        Monitor?.Announced(session, family, nlri, (path.Flags & PathFlags.Rejected) != 0 ? (PathRejection)path.Verdict : PathRejection.None);
        session.CountPaths(family, added);
        if (accepted > 0 && !session.IsWithinLimit(family))
        {
            return BgpError.Cease(BgpErrorSubcode.MaximumPrefixesReached);
        }

        return whole ? BgpError.None : BgpError.Update(BgpErrorSubcode.InvalidNetworkField);
    }

    /// <summary>Takes one path into the table, through damping and policy, and counts it if they let it. True if it is new.</summary>
    private bool Import(
        BgpSession session, RouteTable routes, RibPath path, PathAttributes set, PathAttributes adjusted, uint pathId, ref int accepted)
    {
        if (Configuration.Damping is not null
            && IsDampedAfterAnnouncement(session, routes, path.Prefix, pathId, set.Id)
            && (path.Flags & PathFlags.Rejected) == 0)
        {
            Reject(ref path, PathRejection.Damped);
        }

        if (session.Configuration.Import is RoutePolicy policy)
        {
            return ImportByPolicy(session, routes, policy, path, set, adjusted, pathId, ref accepted);
        }

        accepted += (path.Flags & PathFlags.Rejected) == 0 ? 1 : 0;
        path.Attributes = adjusted.Id;
        return routes.Update(path, pathId, adjusted.Id == set.Id ? 0 : set.Id);
    }

    /// <summary>
    /// What this router changes in every route of a neighbour, before policy: weight, the neighbour's local-as, LOCAL_PREF.
    /// </summary>
    private PathAttributes AdjustOnImport(BgpSession session, PathAttributes set)
    {
        BgpNeighborConfiguration neighbor = session.Configuration;
        bool external = session.IsOutside;
        bool shutsDown = external && (Configuration.GracefulShutdown || (Configuration.HonorsGracefulShutdown && set.IsShuttingDown));
        bool stays = external && Configuration.KeepsBlackholesInside && set.IsBlackhole && !set.HasCommunity(Community.NoExport);
        bool prepends = external && neighbor.LocalAs != 0 && !neighbor.LocalAsNoPrepend && neighbor.LocalAs != Configuration.As;
        bool defaults = !session.IsInternal && !set.HasLocalPref && Configuration.DefaultLocalPref != PathAttributes.DefaultLocalPref;

        // RFC 9234 section 5: what comes from above or beside is marked on the way in, if who sent it has not done so.
        bool marks = external && neighbor.Role is BgpRole.Customer or BgpRole.Peer or BgpRole.RouteServerClient
            && !set.TryGetOnlyToCustomer(out _);
        if (neighbor.Weight == 0 && !shutsDown && !stays && !prepends && !defaults && !marks)
        {
            return set;
        }

        PathAttributesBuilder builder = Tables.Builder;
        builder.Load(set);
        builder.Weight = neighbor.Weight;
        builder.OnlyToCustomer = marks ? session.RemoteAs : builder.OnlyToCustomer;
        if (prepends)
        {
            builder.Prepend(neighbor.LocalAs, 1);
        }

        if (Configuration.GracefulShutdown && external)
        {
            builder.AddCommunity(Community.GracefulShutdown);
        }

        if (stays)
        {
            builder.AddCommunity(Community.NoExport);
        }

        // RFC 8326 section 4.2: anything else is better.
        builder.LocalPref = shutsDown ? 0 : defaults ? Configuration.DefaultLocalPref : builder.LocalPref;
        return builder.Intern(Tables.Attributes);
    }

    private bool ImportByPolicy(
        BgpSession session, RouteTable routes, RoutePolicy policy, RibPath path, PathAttributes set, PathAttributes adjusted,
        uint pathId, ref int admitted)
    {
        PathAttributesBuilder builder = Tables.Builder;
        builder.Load(adjusted);
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
            path.Attributes = set.Id;
            Reject(ref path, PathRejection.Policy);
        }
        else
        {
            if (builder.NextHopSelf)
            {
                // FRR's "set ip next-hop peer-address" on the way in: the neighbour itself.
                builder.NextHop = session.Address;
            }

            path.Attributes = builder.Intern(Tables.Attributes).Id;
            received = path.Attributes == set.Id ? 0 : set.Id;
            admitted += (path.Flags & PathFlags.Rejected) == 0 ? 1 : 0;
        }

        return routes.Update(path, pathId, received);
    }

    /// <summary>Runs what a neighbour has sent through its import policy again: the policy has changed.</summary>
    private void ImportAgain(BgpSession session, AddressFamily family)
    {
        RouteTable routes = RoutesOf(family);
        routes.TellApart();
        for (int row = 0; row < routes.RowCount; row++)
        {
            RibPath path = routes[row];
            if (path.IsFree || path.Peer != session.Index)
            {
                continue;
            }

            uint pathId = routes.PathIdOf(row);
            PathAttributes set = Tables.Attributes[routes.ReceivedAttributesOf(row)];
            Tables.Attributes.Acquire(set.Id);
            bool damped = (path.Flags & PathFlags.Rejected) != 0 && (PathRejection)path.Verdict == PathRejection.Damped;
            path.Flags &= PathFlags.Internal | PathFlags.Confederation | PathFlags.FromClient | PathFlags.Stale;
            path.Verdict = 0;
            path.Attributes = set.Id;
            Reject(ref path, damped ? PathRejection.Damped : Judge(session, set));
            PathAttributes adjusted = AdjustOnImport(session, set);
            Tables.Attributes.Acquire(adjusted.Id);
            if (session.Configuration.Import is RoutePolicy policy)
            {
                int admitted = 0;
                ImportByPolicy(session, routes, policy, path, set, adjusted, pathId, ref admitted);
            }
            else
            {
                path.Attributes = adjusted.Id;
                routes.Update(path, pathId, adjusted.Id == set.Id ? 0 : set.Id);
            }

            Tables.Attributes.Release(adjusted.Id);
            Tables.Attributes.Release(set.Id);
        }

        session.MarkLongLived(family);
        Monitor?.NoteRoutesOf(session, family, onlyStale: false);
        Monitor?.Send();
        ScheduleFlush();
    }

    private static void Reject(ref RibPath path, PathRejection rejection)
    {
        if (rejection != PathRejection.None)
        {
            path.Flags |= PathFlags.Rejected;
            path.Verdict = (byte)rejection;
        }
    }

    /// <summary>
    /// Whether routes with these attributes may take part in the decision at all (RFC 4271 section 9.1.2).
    /// </summary>
    private PathRejection Judge(BgpSession session, PathAttributes set)
    {
        BgpNeighborConfiguration neighbor = session.Configuration;
        if (neighbor.RequiresPolicy && neighbor.Import is null && session.IsOutside)
        {
            return PathRejection.NoPolicy;
        }

        if (!set.AsPath.IsEmpty && JudgeAsPath(session, set) is not PathRejection.None and var loop)
        {
            return loop;
        }

        if (!session.IsInternal && neighbor.EnforceFirstAs && !IsFirstAs(session, set))
        {
            return PathRejection.FirstAsMismatch;
        }

        if (neighbor.Role != BgpRole.None && session.IsOutside && IsLeak(session, set))
        {
            return PathRejection.RouteLeak;
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

    // RFC 9234 section 5: what a customer or client should not have passed on, or a peer has not marked itself.
    private static bool IsLeak(BgpSession session, PathAttributes set) =>
        set.TryGetOnlyToCustomer(out uint marked)
        && (session.Configuration.Role is BgpRole.Provider or BgpRole.RouteServer
            || (session.Configuration.Role == BgpRole.Peer && marked != session.RemoteAs));

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
}
