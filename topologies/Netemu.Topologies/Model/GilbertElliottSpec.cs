namespace Netemu.Topologies.Model;

/// <summary>netem's <c>loss gemodel p r 1-h 1-k</c>: two states with a loss probability each.</summary>
public sealed class GilbertElliottSpec : Spec
{
    /// <summary>From the good state to the bad one, per packet.</summary>
    public Probability P { get; internal set; }

    /// <summary>From the bad state back to the good one; null is 100% less <see cref="P"/>, as in tc.</summary>
    public Probability? R { get; internal set; }

    /// <summary>Loss in the bad state (tc's 1-h).</summary>
    public Probability LossInBad { get; internal set; } = Probability.Certain;

    /// <summary>Loss in the good state (tc's 1-k).</summary>
    public Probability LossInGood { get; internal set; }
}
