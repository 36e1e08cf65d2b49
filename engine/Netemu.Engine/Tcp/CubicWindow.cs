using Netemu.Core.Time;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The state of CUBIC (RFC 9438) of one connection, in integers: windows in bytes, time in units of 1/1024 s.
/// C = 0.4 segments/s^3, beta = 0.7. Most connections never leave slow start: they have none.
/// </summary>
internal sealed class CubicWindow
{
    /// <summary>beta_cubic times 1024.</summary>
    private const long Beta = 717;

    /// <summary>3 (1 - beta) / (1 + beta) times 1024 (section 4.3): how a Reno flow of the same average would grow.</summary>
    private const long RenoIncrease = 542;

    private long _epochStart;
    private long _remainder;
    private long _renoRemainder;
    private int _maximum;

    /// <summary>cwnd_prior: the window when it was last reduced.</summary>
    private int _prior;
    private int _origin;
    private int _renoWindow;
    private int _period;
    private bool _inEpoch;

    /// <summary>The window after a congestion event, at least two segments.</summary>
    public int OnCongestion(int window, int segment)
    {
        // Section 4.7, fast convergence: who stays below its old maximum gives room to others.
        _maximum = window < _maximum ? (int)(window * (1024 + Beta) / 2048) : window;
        _prior = window;
        _inEpoch = false;
        return (int)long.Max(window * Beta / 1024, 2L * segment);
    }

    /// <summary>The connection has been idle or timed out: growth begins a new epoch.</summary>
    public void EndEpoch() => _inEpoch = false;

    /// <summary>The window after <paramref name="acked"/> bytes in congestion avoidance.</summary>
    public int OnAcknowledged(int window, int acked, int segment, SimTime now, long roundTrip)
    {
        if (!_inEpoch)
        {
            _inEpoch = true;
            _epochStart = now.Nanoseconds;
            _remainder = 0;
            _renoRemainder = 0;
            _renoWindow = window;
            _origin = int.Max(_maximum, window);

            // Section 4.2, equation 2: K = cbrt((W_max - cwnd_epoch) / C).
            _period = (int)CubeRoot((_origin - window) * (5L << 29) / segment);
        }

        // Equation 1 at t + RTT: W_cubic = C (t - K)^3 + W_max.
        long elapsed = ToUnits(now.Nanoseconds - _epochStart + roundTrip);
        long offset = long.Clamp(elapsed - _period, -(1 << 20), 1 << 20);
        long target = _origin + (((offset * offset * offset) >> 20) * 4 * segment / 10 >> 10);

        // Section 4.3: W_est, in which each byte acknowledged counts for alpha * segment / cwnd.
        // What was the window before the last loss is reached: from there on as fast as Reno.
        _renoRemainder += acked * (_renoWindow < _prior ? RenoIncrease : 1024) * segment / 1024;
        _renoWindow += (int)(_renoRemainder / window);
        _renoRemainder %= window;
        target = long.Clamp(long.Max(target, _renoWindow), window, window + (window / 2));

        // Section 4.4: the window grows by (target - cwnd) / cwnd for each byte acknowledged.
        _remainder += (target - window) * acked;
        int grown = (int)(_remainder / window);
        _remainder -= (long)grown * window;
        return window + grown;
    }

    /// <summary>The largest x with x^3 at most <paramref name="value"/>.</summary>
    internal static long CubeRoot(long value)
    {
        long root = 0;
        for (int bit = 20; bit >= 0; bit--)
        {
            long candidate = root | (1L << bit);
            if (candidate * candidate * candidate <= value)
            {
                root = candidate;
            }
        }

        return root;
    }

    private static long ToUnits(long nanoseconds) => (long)((System.Int128)nanoseconds * 1024 / 1_000_000_000);
}
