using System;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <content>Long-lived graceful restart (RFC 9494): what follows when the restart time is over.</content>
public sealed partial class BgpSession
{
    /// <summary>What is left of the Long-Lived Stale Time of a family; null while it does not run.</summary>
    public Duration? LongLivedRemaining(AddressFamily family) =>
        Stale is not null && Stale.LongLivedDue(family) is SimTime due && due != SimTime.Never ? due - Scheduler.Now : null;

    private static ReadOnlySpan<AddressFamily> Families => [AddressFamily.IPv4, AddressFamily.IPv6];

    /// <summary>
    /// RFC 9494 section 3.1: without the capability of RFC 4724 beside it this one says nothing.
    /// </summary>
    private static OpenMessage WithoutLoneLongLived(in OpenMessage open) =>
        (open.Capabilities & BgpCapabilities.GracefulRestart) != 0
            ? open
            : open with { Capabilities = open.Capabilities & ~BgpCapabilities.AllLongLived };

    private void TakeLongLivedTimes(in OpenMessage open)
    {
        if (_rest is not null || open.LongLivedIPv4Time + open.LongLivedIPv6Time > 0)
        {
            Rest.LongLivedIPv4Time = open.LongLivedIPv4Time;
            Rest.LongLivedIPv6Time = open.LongLivedIPv6Time;
        }
    }

    /// <summary>The neighbour asks that its routes of a family be kept beyond the restart time.</summary>
    private bool IsLongLived(AddressFamily family) => LongLivedTimeOf(family) > 0
        && Both(BgpCapabilities.LongLived)
        && (_main.RemoteCapabilities & (family == AddressFamily.IPv4 ? BgpCapabilities.LongLivedIPv4 : BgpCapabilities.LongLivedIPv6)) != 0;

    private uint LongLivedTimeOf(AddressFamily family) =>
        (family == AddressFamily.IPv4 ? _rest?.LongLivedIPv4Time : _rest?.LongLivedIPv6Time) ?? 0;

    /// <summary>
    /// RFC 4724 section 4.2 deletes routes that were stale before; not while their Long-Lived Stale Time runs, which goes on
    /// until the neighbour has sent everything again (RFC 9494 section 4.2).
    /// </summary>
    private bool KeepsStaleFromBefore(AddressFamily family) =>
        IsLongLived(family) && Stale is not null && Stale.LongLivedDue(family) != SimTime.Never;

    /// <summary>What the neighbour's last OPEN asks for counts, whatever becomes of its connections.</summary>
    private void NoteLongLived(AddressFamily family) =>
        Stale?.SetLongLivedTime(family, IsLongLived(family) ? LongLivedTimeOf(family) : 0);

    /// <summary>A family that RFC 4724 does not cover is long-lived from the start: its restart time is zero.</summary>
    private void BeginLongLivedWithoutRestartTime()
    {
        foreach (AddressFamily family in Families)
        {
            BgpCapabilities graceful = family == AddressFamily.IPv4 ? BgpCapabilities.GracefulIPv4 : BgpCapabilities.GracefulIPv6;
            if (Stale is not null && Stale.Has(family) && (_main.RemoteCapabilities & graceful) == 0)
            {
                BeginLongLived(family);
            }
        }

        CountStale(isEstablished: false);
        _speaker.ScheduleFlush();
    }

    /// <summary>The restart time, the wait for End-of-RIB, or a Long-Lived Stale Time is over.</summary>
    private void ExpireStaleRoutes(SimTime now)
    {
        bool isRestartOver = Stale!.Due <= now;
        foreach (AddressFamily family in Families)
        {
            if (Stale is null || !Stale.Has(family))
            {
                continue;
            }

            SimTime longLived = Stale.LongLivedDue(family);
            if (longLived <= now && IsEstablished)
            {
                _endOfRib |= LongLivedOverOf(family);
            }

            if (longLived <= now || (isRestartOver && longLived == SimTime.Never && (IsEstablished || Stale.LongLivedTime(family) == 0)))
            {
                ForgetStale(family);
            }
            else if (isRestartOver && !IsEstablished)
            {
                // Also where the timer runs since an earlier session: what the last one brought is marked now.
                BeginLongLived(family);
            }
        }

        if (Stale is not null && isRestartOver)
        {
            Stale.Due = SimTime.Never;
        }

        CountStale(IsEstablished);
        _speaker.ScheduleFlush();
    }

    /// <summary>
    /// RFC 9494 section 4.2: the timer starts, unless it runs; the routes get LLGR_STALE, and those with NO_LLGR go.
    /// </summary>
    private void BeginLongLived(AddressFamily family)
    {
        if (Stale!.LongLivedDue(family) == SimTime.Never)
        {
            Stale.SetLongLivedDue(family, Scheduler.Now + Duration.FromSeconds(Stale.LongLivedTime(family)));
        }

        MarkLongLived(family);
    }

    /// <summary>Puts LLGR_STALE on the stale routes of a family whose timer runs: policy may have taken it away.</summary>
    internal void MarkLongLived(AddressFamily family)
    {
        if (Stale is not null && Stale.LongLivedDue(family) != SimTime.Never)
        {
            CountPaths(family, -_speaker.MarkLongLived(this, family));
        }
    }

    /// <summary>
    /// RFC 9494 section 4.2: who comes back without the capability, the family or its F bit has lost the routes.
    /// </summary>
    private bool HasLostLongLived(AddressFamily family)
    {
        BgpCapabilities forwarding =
            family == AddressFamily.IPv4 ? BgpCapabilities.LongLivedForwardingIPv4 : BgpCapabilities.LongLivedForwardingIPv6;
        return !IsLongLived(family) || (_main.RemoteCapabilities & forwarding) == 0;
    }

    /// <summary>
    /// Stale routes are waited for until they go or are refreshed; long-lived ones of a neighbour that is away are not.
    /// </summary>
    /// <param name="isEstablished">Whether the session is up, once what happens has happened.</param>
    private void CountStale(bool isEstablished)
    {
        if (Stale is not null)
        {
            bool awaited = !Stale.IsEmpty && (isEstablished || Stale.HasShortLived);
            if (awaited != Stale.IsAwaited)
            {
                _speaker.CountStale(awaited ? 1 : -1);
                Stale.IsAwaited = awaited;
            }

            Stale = Stale.IsEmpty ? null : Stale;
            ForgetIfGone();
        }
    }
}
