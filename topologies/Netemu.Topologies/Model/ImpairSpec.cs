using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>What a sender's queueing discipline does to frames: netem's words, and a rate with its queue.</summary>
public sealed class ImpairSpec : Spec
{
    /// <summary>Added to the link's delay.</summary>
    public Duration Delay { get; internal set; }

    public Duration Jitter { get; internal set; }

    public JitterDistribution Distribution { get; internal set; }

    /// <summary>How much a frame's jitter depends on the one before.</summary>
    public Probability DelayCorrelation { get; internal set; }

    public Probability Loss { get; internal set; }

    public Probability LossCorrelation { get; internal set; }

    /// <summary>Loss in bursts; excludes <see cref="Loss"/>.</summary>
    public GilbertElliottSpec? GilbertElliott { get; internal set; }

    public Probability Duplicate { get; internal set; }

    public Probability Reorder { get; internal set; }

    /// <summary>Every how many frames one may be reordered; 0 for any.</summary>
    public int Gap { get; internal set; }

    public Probability Corrupt { get; internal set; }

    public BitRate? Rate { get; internal set; }

    /// <summary>Frames that may wait.</summary>
    public int? Limit { get; internal set; }
}
