using System;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>What a session does with routes: exchange begins, goes on, and ends.</summary>
public sealed partial class BgpSession
{
    private int _ipv4Paths;

    /// <summary>
    /// A bit for each family whose End-of-RIB has come on this connection, and two places above it one for each whose Long-Lived
    /// Stale Time has ended before that.
    /// </summary>
    private byte _endOfRib;

    /// <summary>True if the neighbour has said on this connection that a family's routes are all here (RFC 4724 section 2).</summary>
    public bool HasEndOfRib(AddressFamily family) => (_endOfRib & EndOfRibOf(family)) != 0;

    /// <summary>Asks the neighbour to send its routes again (RFC 2918). False if it can't.</summary>
    internal bool RequestRefresh(AddressFamily family)
    {
        if (!Has(family) || !Both(BgpCapabilities.RouteRefresh))
        {
            return false;
        }

        SendRefresh(family, RouteRefreshSubtype.Request);
        return true;
    }

    /// <summary>Sends encoded UPDATEs. An UPDATE counts as a keepalive (RFC 4271 section 8.2.2).</summary>
    internal void SendUpdates(ReadOnlySpan<byte> bytes, int messages)
    {
        _counters.UpdatesSent += (uint)messages;
        Send(ref _main, bytes);
        RestartKeepaliveTimer(ref _main);
    }

    /// <summary>The same for bytes that other neighbours are sent too, and that never change.</summary>
    internal void SendSharedUpdates(ReadOnlyMemory<byte> bytes, int messages)
    {
        _counters.UpdatesSent += (uint)messages;
        SendShared(bytes);
        RestartKeepaliveTimer(ref _main);
    }

    internal void SendEndOfRib(AddressFamily family)
    {
        Span<byte> bytes = stackalloc byte[BgpMessage.MinimumUpdateSize + 6];
        SendUpdates(bytes[..UpdateWriter.WriteEndOfRib(bytes, family)], 1);
    }

    /// <summary>Counts paths in the Adj-RIB-In.</summary>
    internal void CountPaths(AddressFamily family, int change)
    {
        int count = PrefixesReceived(family) + change;
        if (family == AddressFamily.IPv4)
        {
            _ipv4Paths = count;
        }
        else if (change != 0)
        {
            Rest.IPv6Paths = count;
        }
    }

    /// <summary>
    /// False if there are more paths than configured and the session has to end. Those that were refused have no place in the
    /// table of bgpd, and do not count unless that is configured.
    /// </summary>
    internal bool IsWithinLimit(AddressFamily family)
    {
        int limit = Configuration.MaximumPrefixes;
        bool within = limit == 0
            || PrefixesReceived(family) <= limit
            || (!Configuration.MaximumPrefixesCountsRefused && _speaker.RoutesOf(family).CountAccepted(Index) <= limit);
        byte warned = (byte)(_rest?.FamiliesOverLimit ?? 0);
        if (within || !Configuration.MaximumPrefixesWarningOnly)
        {
            if (warned != 0)
            {
                Rest.FamiliesOverLimit &= (byte)~EndOfRibOf(family);
            }

            return within;
        }

        if ((warned & EndOfRibOf(family)) == 0)
        {
            Rest.FamiliesOverLimit |= EndOfRibOf(family);
            _speaker.Observer?.UpdateError(this, BgpError.Cease(BgpErrorSubcode.MaximumPrefixesReached));
        }

        return true;
    }

    /// <summary>The neighbour has sent all it has (RFC 4724 section 4.2): what is still stale is gone.</summary>
    internal void EndOfRibReceived(AddressFamily family)
    {
        _endOfRib |= EndOfRibOf(family);
        _endOfRib &= (byte)~LongLivedOverOf(family);
        _speaker.ReconsiderDeferral();
        ForgetStale(family);
    }

    private void ForgetStale(AddressFamily family)
    {
        if (Stale is null)
        {
            return;
        }

        _speaker.Monitor?.NoteRoutesOf(this, family, onlyStale: true);
        CountPaths(family, -_speaker.RoutesOf(family).RemovePeer(Index, onlyStale: true));
        Stale.Remove(family);
        _speaker.Monitor?.Send();
        CountStale(IsEstablished);
    }

    private void Establish(ref BgpConnection connection)
    {
        if (!IsMain(ref connection))
        {
            Promote(Colliding!);
        }
        else if (Colliding is not null)
        {
            CloseColliding(BgpError.Cease(BgpErrorSubcode.ConnectionCollisionResolution));
        }

        _lastChange = Scheduler.Now;
        NotEstablished = NotEstablishedReason.None;
        ConnectRetryCounter = 0;
        IdleHoldDue = SimTime.Never;
        SetAwaited(false);
        ShutdownMessage = "";
        DropStaleFamiliesNotKept();
        if (Stale is not null)
        {
            // The restart timer has done its work; now the neighbour has to bring its routes again.
            Stale.Due = Scheduler.Now + Configuration.StaleTime;
            CountStale(IsEstablished);
        }

        _speaker.Monitor?.PeerUp(this, _main.Stream);
        if (!_speaker.DefersSelection)
        {
            BeginAdvertising();
        }
    }

    /// <summary>Tells the neighbour the Loc-RIB; at once, or when a restarting speaker has made its selection.</summary>
    internal void BeginAdvertising()
    {
        if (IPv4Group is null && Has(AddressFamily.IPv4))
        {
            IPv4Group = _speaker.Join(this, AddressFamily.IPv4);
        }

        if (IPv6Group is null && Has(AddressFamily.IPv6))
        {
            IPv6Group = _speaker.Join(this, AddressFamily.IPv6);
        }
    }

    /// <summary>Moves to the group that the configuration says now; what it no longer holds is withdrawn.</summary>
    internal void ChangeGroups()
    {
        IPv4Group = _speaker.Regroup(this, IPv4Group);
        IPv6Group = _speaker.Regroup(this, IPv6Group);
    }

    /// <summary>True if the neighbour's routes are all here, or will not come (RFC 4724 section 4.1).</summary>
    internal bool HasSentEverything =>
        !IsAwaited
        && (IsEstablished || !Configuration.Passive || Configuration.Shutdown)
        && (!IsEstablished
            || !Both(BgpCapabilities.GracefulRestart)
            || (_main.RemoteCapabilities & BgpCapabilities.RestartState) != 0
            || ((!Has(AddressFamily.IPv4) || (_endOfRib & 1) != 0) && (!Has(AddressFamily.IPv6) || (_endOfRib & 2) != 0)));

    private void LeaveEstablished(BgpEvent @event, BgpError error)
    {
        _lastChange = Scheduler.Now;
        _speaker.Monitor?.PeerDown(this, @event);
        Rest.Flaps++;
        Rest.LastReset = Scheduler.Now;
        AwaitsKeepalive = false;
        IPv4Group?.Leave(this);
        IPv6Group?.Leave(this);
        IPv4Group = null;
        IPv6Group = null;
        bool keeps = Keeps(@event, error);
        // What counts is what the neighbour asks for; a helper names no family of its own.
        Leave(AddressFamily.IPv4, keeps && Keeps(AddressFamily.IPv4, BgpCapabilities.GracefulIPv4));
        Leave(AddressFamily.IPv6, keeps && Keeps(AddressFamily.IPv6, BgpCapabilities.GracefulIPv6));
        _endOfRib = 0;
        if (Stale is not null && keeps)
        {
            Stale.Due = Scheduler.Now + Duration.FromSeconds(_main.RemoteRestartTime);
            BeginLongLivedWithoutRestartTime();
        }
    }

    /// <summary>
    /// RFC 4724 section 4.2: only the loss of the connection is a restart; a NOTIFICATION is an end. With RFC 8538 on
    /// both sides NOTIFICATIONs and the hold timer are restarts as well, unless someone said that it is a hard reset.
    /// </summary>
    private bool Keeps(BgpEvent @event, BgpError error)
    {
        if (!Both(BgpCapabilities.GracefulRestart))
        {
            return false;
        }

        if (Both(BgpCapabilities.GracefulNotification))
        {
            return @event != BgpEvent.ManualStop && !IsHardReset && !IsOperators(error);
        }

        return @event == BgpEvent.TcpConnectionFails && !error.IsError;
    }

    /// <summary>
    /// The neighbour asks that a family be kept; and if it has been kept for as long as it asked, it has come back in between
    /// and sent all of it (RFC 9494 section 4.2).
    /// </summary>
    private bool Keeps(AddressFamily family, BgpCapabilities graceful) =>
        ((_main.RemoteCapabilities & graceful) != 0 || IsLongLived(family)) && (_endOfRib & LongLivedOverOf(family)) == 0;

    private static byte EndOfRibOf(AddressFamily family) => family == AddressFamily.IPv4 ? (byte)1 : (byte)2;

    private static byte LongLivedOverOf(AddressFamily family) => (byte)(EndOfRibOf(family) << 2);

    private void Leave(AddressFamily family, bool graceful)
    {
        RouteTable routes = _speaker.RoutesOf(family);
        if (graceful)
        {
            // Paths that were stale already did not come back in time (RFC 4724 section 4.2).
            if (!KeepsStaleFromBefore(family) && Stale?.IsRefreshed(family) != true)
            {
                CountPaths(family, -routes.RemovePeer(Index, onlyStale: true));
            }

            Stale?.EndRefresh(family);
            MarkStale(family);
            NoteLongLived(family);
            return;
        }

        if (PrefixesReceived(family) > 0)
        {
            CountPaths(family, -routes.RemovePeer(Index));
        }

        _speaker.ScheduleFlush();
    }

    private void MarkStale(AddressFamily family)
    {
        if (_speaker.RoutesOf(family).MarkStale(Index) == 0)
        {
            return;
        }

        if (Stale is null)
        {
            Stale = new StaleRoutes();
        }

        Stale.Add(family);
        CountStale(IsEstablished);
    }

    /// <summary>
    /// RFC 4724 section 4.2: a restarted peer that did not keep its forwarding state has lost its routes.
    /// </summary>
    private void DropStaleFamiliesNotKept()
    {
        if (Stale is null)
        {
            return;
        }

        foreach (AddressFamily family in Families)
        {
            BgpCapabilities kept = family == AddressFamily.IPv4 ? BgpCapabilities.ForwardingIPv4 : BgpCapabilities.ForwardingIPv6;
            bool longLived = Stale is not null && Stale.LongLivedDue(family) != SimTime.Never;
            if (longLived ? HasLostLongLived(family) : (_main.RemoteCapabilities & kept) == 0)
            {
                ForgetStale(family);
            }
        }

        _speaker.ScheduleFlush();
    }

    private void ForgetStaleRoutes()
    {
        if (Stale is not null)
        {
            ForgetStale(AddressFamily.IPv4);
            ForgetStale(AddressFamily.IPv6);
            _speaker.ScheduleFlush();
        }
    }

    private void HandleRouteRefresh(RouteRefreshMessage refresh)
    {
        switch (refresh.Subtype)
        {
            case RouteRefreshSubtype.Request:
                Readvertise(refresh.Family);
                break;
            case RouteRefreshSubtype.BeginOfRefresh when Stale is null || !Stale.Has(refresh.Family) || Stale.IsRefreshed(refresh.Family):
                // RFC 7313 section 4: what is not sent again before the end is gone. Both marks are ignored while End-of-RIB is
                // to come, for that is what stale routes wait for then.
                MarkStale(refresh.Family);
                if (Stale is not null && Stale.Has(refresh.Family))
                {
                    Stale.BeginRefresh(refresh.Family);
                    Stale.Due = Stale.Due == SimTime.Never ? Scheduler.Now + Duration.FromSeconds(Configuration.RestartTime) : Stale.Due;
                }

                break;
            case RouteRefreshSubtype.EndOfRefresh when Stale is not null && Stale.IsRefreshed(refresh.Family):
                ForgetStale(refresh.Family);
                _speaker.ScheduleFlush();
                break;
        }
    }

    private void Readvertise(AddressFamily family)
    {
        if (GroupOf(family) is not { } group)
        {
            // Its routes are still to come, all of them: between two marks there would be nothing, and the neighbour would forget
            // what it keeps for us (RFC 7313 section 4).
            return;
        }

        bool enhanced = Both(BgpCapabilities.EnhancedRouteRefresh);
        if (enhanced)
        {
            SendRefresh(family, RouteRefreshSubtype.BeginOfRefresh);
        }

        group.Dump(this);
        if (enhanced)
        {
            SendRefresh(family, RouteRefreshSubtype.EndOfRefresh);
        }
    }

    private void SendRefresh(AddressFamily family, RouteRefreshSubtype subtype)
    {
        Span<byte> bytes = stackalloc byte[BgpMessage.RouteRefreshSize];
        RouteRefreshMessage.Write(bytes, family, subtype);
        Rest.RefreshesSent++;
        Send(ref _main, bytes);
    }
}
