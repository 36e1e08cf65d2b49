using Netemu.Topologies.Model;

namespace Netemu.Topologies.Expectations;

/// <summary>A share of all, in percent.</summary>
public sealed class ObservedShare(Probability value) : ObservedValue
{
    public Probability Share { get; } = value;
}
