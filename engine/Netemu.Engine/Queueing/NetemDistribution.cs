namespace Netemu.Engine.Queueing;

/// <summary>How netem's jitter is distributed, by tc's words.</summary>
public enum NetemDistribution : byte
{
    /// <summary>Evenly within the jitter on both sides of the delay: netem without a table.</summary>
    Uniform,

    /// <summary>The jitter is the standard deviation.</summary>
    Normal,

    Pareto,

    /// <summary>A quarter of the normal value and three quarters of the Pareto value.</summary>
    Paretonormal,
}
