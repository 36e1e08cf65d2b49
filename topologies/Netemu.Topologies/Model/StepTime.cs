using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>The instant of a step: an absolute time or convergence.</summary>
public readonly record struct StepTime(bool WhenConverged, SimTime At)
{
    public static StepTime Converged => new(true, default);

    public override string ToString() => WhenConverged ? "converged" : At.ToString();
}
