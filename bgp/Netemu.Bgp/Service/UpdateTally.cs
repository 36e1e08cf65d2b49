using System;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Time;

namespace Netemu.Bgp.Service;

/// <summary>
/// Counts what all speakers of an experiment receive: UPDATEs, the prefixes in them, sessions that come up and go down.
/// Its hash covers who received which bytes when.
/// </summary>
public sealed class UpdateTally(Func<SimTime> now) : IBgpObserver
{
    private const ulong Prime = 0x9E3779B97F4A7C15UL;

    /// <summary>Sides of sessions that are Established.</summary>
    public int EstablishedSides { get; private set; }

    /// <summary>Sides that have left Established.</summary>
    public int LostSides { get; private set; }

    public SimTime LastEstablished { get; private set; }

    /// <summary>UPDATEs with routes; an End-of-RIB is none.</summary>
    public long Updates { get; private set; }

    public long EndsOfRib { get; private set; }

    public long Announced { get; private set; }

    public long Withdrawn { get; private set; }

    /// <summary>The bytes of UPDATEs, headers and Ends-of-RIB included.</summary>
    public long Bytes { get; private set; }

    /// <summary>The longest AS_PATH received.</summary>
    public int LongestPath { get; private set; }

    /// <summary>When the last UPDATE with routes came.</summary>
    public SimTime LastUpdate { get; private set; }

    public long Notifications { get; private set; }

    public ulong Hash { get; private set; }

    /// <summary>Counts from zero again; the hash and the sessions go on.</summary>
    public void Reset()
    {
        Updates = 0;
        EndsOfRib = 0;
        Announced = 0;
        Withdrawn = 0;
        Bytes = 0;
        LongestPath = 0;
        LostSides = 0;
        Notifications = 0;
    }

    /// <summary>A speaker is gone without a word: its sides of sessions are no longer up.</summary>
    public void Forget(BgpSpeaker speaker)
    {
        foreach (BgpSession session in speaker.Neighbors)
        {
            EstablishedSides -= session.IsEstablished ? 1 : 0;
        }
    }

    public void StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause)
    {
        if (to == BgpState.Established)
        {
            EstablishedSides++;
            LastEstablished = now() > LastEstablished ? now() : LastEstablished;
        }
        else if (from == BgpState.Established)
        {
            EstablishedSides--;
            LostSides++;
        }

        Mix((ulong)to | ((ulong)session.Index << 8));
        Mix((ulong)now().Nanoseconds);
    }

    public void Notified(BgpSession session, BgpError error, bool sent) => Notifications += sent ? 1 : 0;

    public void UpdateError(BgpSession session, BgpError error) => Mix(error.Subcode);

    public void UpdateReceived(BgpSession session, ReadOnlySpan<byte> message)
    {
        (int announced, int withdrawn) = UpdateCount.Of(message);
        Bytes += message.Length;
        if (announced + withdrawn == 0)
        {
            EndsOfRib++;
            return;
        }

        Updates++;
        Announced += announced;
        Withdrawn += withdrawn;
        SimTime at = now();
        LastUpdate = at > LastUpdate ? at : LastUpdate;
        if (announced > 0 && !UpdateMessage.TryRead(message, out UpdateMessage update).IsError)
        {
            LongestPath = Math.Max(LongestPath, UpdateCount.AsPathOf(update).Length);
        }

        Mix(Attributes.ByteHash.Compute(message, session.Index));
        Mix((ulong)at.Nanoseconds);
    }

    private void Mix(ulong value) => Hash = (ulong.RotateLeft(Hash, 23) ^ value) * Prime;
}
