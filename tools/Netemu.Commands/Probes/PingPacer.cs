using Netemu.Core.Time;

namespace Netemu.Commands.Probes;

/// <summary>
/// When ping may send (pinger of ping_common.c): one packet an interval, of which as many as were given with -l may be saved up.
/// Without an interval (-f) a packet follows each answer, and 10 ms at most pass without one.
/// </summary>
internal sealed class PingPacer(Duration interval, int preload)
{
    /// <summary>What a flood waits for an answer, and what follows an error whatever the interval (MIN_INTERVAL).</summary>
    private static readonly Duration LeastInterval = Duration.FromMilliseconds(10);

    private SimTime _last;
    private Duration _saved = interval * (preload - 1);
    private bool _hasSent;

    /// <summary>The time from packet to packet; zero for a flood. -A changes it.</summary>
    public Duration Interval { get; set; } = interval;

    /// <summary>How long to wait after a packet that could not be sent.</summary>
    public Duration AfterError => Interval < LeastInterval ? LeastInterval : Interval;

    /// <summary>True if nothing would keep a flood from sending again at this very instant.</summary>
    public bool StandsStill(SimTime now) => _hasSent && Interval == Duration.Zero && _last == now;

    /// <summary>How long to wait for the next packet; zero: it may go now, with what was saved for it.</summary>
    public Duration Wait(SimTime now, int inFlight)
    {
        Duration earned = Earned(now);
        if (Interval == Duration.Zero)
        {
            return _hasSent && inFlight >= preload && earned < LeastInterval ? LeastInterval - earned : Duration.Zero;
        }

        return earned < Interval ? Interval - earned : Duration.Zero;
    }

    /// <summary>A packet goes out; one that failed takes with it what was saved.</summary>
    public void NoteSent(SimTime now, bool failed)
    {
        Duration left = Earned(now) - Interval;
        _saved = failed || Interval == Duration.Zero ? Duration.Zero : left;
        _last = now;
        _hasSent = true;
    }

    private Duration Earned(SimTime now)
    {
        if (!_hasSent)
        {
            return Interval + _saved;
        }

        Duration earned = now - _last + _saved;
        Duration most = Interval * preload;
        return Interval > Duration.Zero && earned > most ? most : earned;
    }
}
