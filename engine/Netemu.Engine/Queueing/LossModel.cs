namespace Netemu.Engine.Queueing;

/// <summary>
/// Loss in bursts: a chain of states that takes one step with each frame. Shares are 32-bit fractions. The two models
/// are those of S. Salsano, F. Ludovici, A. Ordine, D. Giannuzzi, "Definition of a general and intuitive loss model for
/// packet networks and its implementation in the Netem module in the Linux kernel".
/// </summary>
public abstract record LossModel
{
    private LossModel()
    {
    }

    /// <summary>Gilbert-Elliott: two states with a loss of their own each.</summary>
    /// <param name="P">From the good state to the bad one.</param>
    /// <param name="R">Back.</param>
    /// <param name="LossInBad">tc's 1-h.</param>
    /// <param name="LossInGood">tc's 1-k.</param>
    public sealed record GilbertElliott(uint P, uint R, uint LossInBad = uint.MaxValue, uint LossInGood = 0) : LossModel;

    /// <summary>
    /// Four states: 1 receives in a gap, 3 loses in a burst, 2 receives within a burst, 4 loses alone within a gap.
    /// </summary>
    public sealed record FourState(uint P13, uint P31, uint P32, uint P23, uint P14) : LossModel;
}
