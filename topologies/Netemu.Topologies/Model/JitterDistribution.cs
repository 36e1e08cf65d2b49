namespace Netemu.Topologies.Model;

/// <summary>The distribution of netem's jitter, by tc's words.</summary>
public enum JitterDistribution : byte
{
    Uniform,
    Normal,
    Pareto,
    Paretonormal,
}
