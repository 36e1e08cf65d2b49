using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Damping;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>Route flap damping of external routes (RFC 2439).</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>How often penalties are looked at (RFC 2439 section 4.8.6, delta-t; 10 s in FRR).</summary>
    private static readonly Duration s_reuseInterval = Duration.FromSeconds(10);

    private readonly Dictionary<FlapKey, FlapHistory> _flaps = [];
    private readonly CallbackTimer _reuseTimer;

    /// <summary>The routes with a history, sorted, with their penalty now.</summary>
    public IEnumerable<DampedRoute> DampedRoutes
    {
        get
        {
            if (Configuration.Damping is not FlapDamping damping)
            {
                return [];
            }

            SimTime now = Scheduler.Now;
            return _flaps
                .Select(entry => new DampedRoute(
                    RoutesOf(entry.Key.Family).Prefixes[entry.Key.Prefix],
                    _sessions[entry.Key.Peer]!.Address,
                    entry.Value.PenaltyAt(now, damping),
                    entry.Value.Flaps,
                    entry.Value.IsSuppressed,
                    entry.Value.IsSuppressed ? entry.Value.WhenBelow(damping.ReuseThreshold, damping) - now : Duration.Zero))
                .OrderBy(route => route.Prefix)
                .ThenBy(route => route.Peer);
        }
    }

    /// <summary>A route of an external neighbour was withdrawn.</summary>
    private void FlapWithdrawn(BgpSession session, AddressFamily family, int prefix, uint pathId)
    {
        if (Configuration.Damping is not FlapDamping damping || session.IsInternal)
        {
            return;
        }

        FlapKey key = new(family, session.Index, prefix, pathId);
        if (!_flaps.TryGetValue(key, out FlapHistory history))
        {
            history = new FlapHistory { FirstFlap = Scheduler.Now };
        }

        history.Add(FlapDamping.WithdrawalPenalty, Scheduler.Now, damping);
        history.IsWithdrawn = true;
        _flaps[key] = history;
        ArmReuse();
    }

    /// <summary>A route of an external neighbour has come, or its attributes have changed. True if it is suppressed.</summary>
    private bool IsDampedAfterAnnouncement(BgpSession session, RouteTable routes, int prefix, uint pathId, int attributes)
    {
        if (Configuration.Damping is not FlapDamping damping || session.IsInternal)
        {
            return false;
        }

        FlapKey key = new(routes.Prefixes.Family, session.Index, prefix, pathId);
        int row = routes.RowOf(prefix, session.Index, pathId);
        bool changed = row >= 0 && routes.ReceivedAttributesOf(row) != attributes;
        if (!_flaps.TryGetValue(key, out FlapHistory history))
        {
            if (!changed)
            {
                return false;
            }

            history = new FlapHistory { FirstFlap = Scheduler.Now };
        }

        if (changed)
        {
            history.Add(FlapDamping.AttributeChangePenalty, Scheduler.Now, damping);
        }

        history.TryReuse(Scheduler.Now, damping);
        history.IsWithdrawn = false;
        _flaps[key] = history;
        ArmReuse();
        return history.IsSuppressed;
    }

    /// <summary>Routes whose penalty has decayed are used again; histories that mean nothing any more are forgotten.</summary>
    private void ReuseDamped()
    {
        if (Configuration.Damping is not FlapDamping damping)
        {
            _flaps.Clear();
            return;
        }

        SimTime now = Scheduler.Now;
        foreach (FlapKey key in _flaps.Keys
            .OrderBy(key => RoutesOf(key.Family).Prefixes[key.Prefix])
            .ThenBy(key => key.Peer)
            .ThenBy(key => key.PathId)
            .ToArray())
        {
            FlapHistory history = _flaps[key];
            if (history.TryReuse(now, damping))
            {
                _flaps[key] = history;
                UseAgain(key);
            }

            // RFC 2439 section 4.8.6: half the reuse threshold.
            if (!history.IsSuppressed && history.PenaltyAt(now, damping) <= damping.ReuseThreshold / 2)
            {
                _flaps.Remove(key);
            }
        }

        ScheduleFlush();
        ArmReuse();
    }

    private void UseAgain(FlapKey key)
    {
        RouteTable routes = RoutesOf(key.Family);
        int row = routes.RowOf(key.Prefix, key.Peer, key.PathId);
        if (row >= 0 && (PathRejection)routes[row].Verdict == PathRejection.Damped && (routes[row].Flags & PathFlags.Rejected) != 0)
        {
            routes.SetRejection(row, JudgeNextHop(Tables.Attributes[routes[row].Attributes].NextHop));
        }
    }

    /// <summary>A neighbour is gone, and its number may be another's soon.</summary>
    private void ForgetFlaps(ushort peer)
    {
        foreach (FlapKey key in _flaps.Keys.Where(key => key.Peer == peer).ToArray())
        {
            _flaps.Remove(key);
        }
    }

    private void ArmReuse()
    {
        if (!_reuseTimer.IsArmed && IsRunning && _flaps.Count > 0)
        {
            Scheduler.Schedule(_reuseTimer, Scheduler.Now + s_reuseInterval);
        }
    }

    private readonly record struct FlapKey(AddressFamily Family, ushort Peer, int Prefix, uint PathId);
}
