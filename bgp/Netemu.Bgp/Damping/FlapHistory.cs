using System.Collections.Immutable;
using Netemu.Core.Time;

namespace Netemu.Bgp.Damping;

/// <summary>
/// The figure of merit of one route of one neighbour (RFC 2439 section 4.4): it grows with each flap and halves with each
/// half-life. Integers only: whole half-lives are shifts, the rest is a table of 64 steps.
/// </summary>
internal struct FlapHistory
{
    private const int Steps = 64;
    private const int FractionBits = 16;

    /// <summary>2^(-i/64) in units of 2^-16, rounded.</summary>
    private static readonly ImmutableArray<int> s_decay = MakeDecay();

    private int _penalty;
    private SimTime _at;

    public int Flaps { get; private set; }

    public bool IsSuppressed { get; private set; }

    /// <summary>True while the route is away; its history stays.</summary>
    public bool IsWithdrawn { get; set; }

    public readonly SimTime FirstFlap { get; init; }

    /// <summary>The penalty now.</summary>
    public readonly int PenaltyAt(SimTime now, FlapDamping damping)
    {
        long elapsed = (now - _at).Nanoseconds;
        long halfLife = damping.HalfLife.Nanoseconds;
        long halvings = elapsed / halfLife;
        if (halvings >= 31)
        {
            return 0;
        }

        int step = (int)(elapsed % halfLife / (halfLife / Steps));
        long part = (long)_penalty * s_decay[step < Steps ? step : Steps - 1] >> FractionBits;
        return (int)(part >> (int)halvings);
    }

    /// <summary>Adds a penalty; true if the route becomes suppressed by it.</summary>
    public bool Add(int penalty, SimTime now, FlapDamping damping)
    {
        int ceiling = CeilingOf(damping);
        _penalty = System.Math.Min(ceiling, PenaltyAt(now, damping) + penalty);
        _at = now;
        Flaps++;
        bool becomes = !IsSuppressed && _penalty > damping.SuppressThreshold;
        IsSuppressed |= becomes;
        return becomes;
    }

    /// <summary>Ends the suppression if the penalty has decayed far enough.</summary>
    public bool TryReuse(SimTime now, FlapDamping damping)
    {
        if (!IsSuppressed || PenaltyAt(now, damping) >= damping.ReuseThreshold)
        {
            return false;
        }

        IsSuppressed = false;
        return true;
    }

    /// <summary>When the penalty will have fallen below a threshold, to the step of a sixty-fourth half-life.</summary>
    public readonly SimTime WhenBelow(int threshold, FlapDamping damping)
    {
        long step = damping.HalfLife.Nanoseconds / Steps;
        SimTime at = _at;
        long steps = 0;
        while (PenaltyAt(at, damping) >= threshold && steps < 40 * Steps)
        {
            steps++;
            at = _at + Duration.FromNanoseconds(step * steps);
        }

        return at;
    }

    /// <summary>RFC 2439 section 4.2: the penalty from which the maximum suppress time leads down to reuse.</summary>
    private static int CeilingOf(FlapDamping damping)
    {
        long halfLives = damping.MaximumSuppress.Nanoseconds / damping.HalfLife.Nanoseconds;
        long rest = damping.MaximumSuppress.Nanoseconds % damping.HalfLife.Nanoseconds;
        int step = (int)(rest / (damping.HalfLife.Nanoseconds / Steps));
        long whole = (long)damping.ReuseThreshold << (int)System.Math.Min(halfLives, 20);
        long ceiling = (whole << FractionBits) / s_decay[step < Steps ? step : Steps - 1];
        return (int)System.Math.Min(ceiling, 20_000_000);
    }

    private static ImmutableArray<int> MakeDecay()
    {
        // 2^(-1/64) = 0.98922801..., in units of 2^-30 so that 64 multiplications stay exact to 2^-16.
        const long factor = 1_062_175_491;
        int[] table = new int[Steps];
        long value = 1L << 30;
        for (int i = 0; i < Steps; i++)
        {
            table[i] = (int)((value + (1 << 13)) >> 14);
            value = (value * factor) >> 30;
        }

        return [.. table];
    }
}
