using System;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Updates;

namespace Netemu.Bgp;

/// <summary>What becomes of changes at the end of an instant: next hops, FIB, update groups.</summary>
public sealed partial class BgpSpeaker
{
    private const int MaximumNextHops = 64;

    /// <summary>Arms the flush for the end of this instant.</summary>
    internal void ScheduleFlush()
    {
        if (!_flushTimer.IsArmed && IsRunning)
        {
            Scheduler.Schedule(_flushTimer, Scheduler.Now);
        }
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

        if (DefersSelection)
        {
            return;
        }

        _ipv4.Tidy();
        _ipv6.Tidy();
        Aggregate(_ipv4);
        Aggregate(_ipv6);
        _isPublishing = true;
        Publish(_ipv4);
        Publish(_ipv6);
        _isPublishing = false;
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
            if (path.IsFree || path.Peer == RouteTable.LocalPeer)
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
            else if (!rejected && routes.NextRow(row) >= 0)
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
        foreach ((int first, int count) in routes.Changed)
        {
            routes.ClearChanged(first, count);
            for (int i = 0; i < count && Services.RouteSink is IRouteSink sink; i++)
            {
                Install(sink, routes, first + i);
            }

            foreach (UpdateGroup group in _groups)
            {
                if (group.Key.Family == routes.Prefixes.Family)
                {
                    group.MarkDirty(first, count);
                }
            }
        }

        routes.Changed.Clear();
    }

    /// <summary>The policy of the FIB has changed: every best path is given to it anew.</summary>
    private void InstallAgain(RouteTable routes)
    {
        foreach ((int prefix, int row) in routes.Paths)
        {
            if (routes.BestRow(prefix) == row && Services.RouteSink is { } sink && !DefersSelection)
            {
                Install(sink, routes, prefix);
            }
        }
    }

    private void Install(IRouteSink sink, RouteTable routes, int prefix)
    {
        int best = routes.BestRow(prefix);
        bool isLocal = best >= 0 && routes[best].Peer == RouteTable.LocalPeer;
        if (best < 0 || (isLocal && !IsAggregate(routes.Prefixes[prefix])))
        {
            sink.Remove(routes.Prefixes[prefix]);
            return;
        }

        PathAttributes set = Tables.Attributes[routes[best].Attributes];
        BgpRoute route = new(
            routes.Prefixes[prefix], isLocal || (routes[best].Flags & (PathFlags.Internal | PathFlags.Confederation)) != 0, isLocal ? 0 : set.Med)
        {
            // RFC 4271 section 9.2.2.2 and every daemon: traffic that no route inside takes is dropped here, or it
            // would follow a default route and come back.
            IsDiscard = isLocal,
            Tag = set.Tag,
        };
        Span<BgpNextHop> nextHops = new BgpNextHop[MaximumNextHops];
        int count = 0;
        for (int row = best; row >= 0 && count < MaximumNextHops; row = routes.NextRow(row))
        {
            if (row != best && (routes[row].Flags & PathFlags.Multipath) == 0)
            {
                continue;
            }

            if (Configuration.TablePolicy is null)
            {
                set = Tables.Attributes[routes[row].Attributes];
                nextHops[count++] = new BgpNextHop(set.NextHop, set.LinkLocalNextHop, isLocal ? default : _sessions[routes[row].Peer]!.Address);
            }
            else if (TryMap(routes, prefix, row, out BgpNextHop mapped, out uint med, out uint tag))
            {
                nextHops[count++] = mapped;

                // Metric and tag are the best path's.
                route = row == best ? route with { Med = med, Tag = tag } : route;
            }
        }

        if (count == 0)
        {
            sink.Remove(routes.Prefixes[prefix]);
        }
        else
        {
            sink.Install(route, isLocal ? [] : nextHops[..count]);
        }
    }

    /// <summary>A path as the policy of the FIB has it; false if it is not to go there.</summary>
    private bool TryMap(RouteTable routes, int prefix, int row, out BgpNextHop nextHop, out uint med, out uint tag)
    {
        RibPath path = routes[row];
        PathAttributesBuilder builder = Tables.Builder;
        builder.Load(Tables.Attributes[path.Attributes]);
        PolicyRoute route = PolicyRoute.Of(path, routes.Prefixes[prefix], builder, this, Configuration.As);
        bool accepted = Configuration.TablePolicy!.Evaluate(route with { Neighbor = route.Source });
        nextHop = new BgpNextHop(builder.NextHop, builder.LinkLocalNextHop, route.Source);
        (med, tag) = (builder.Med ?? 0, builder.Tag);
        return accepted;
    }
}
