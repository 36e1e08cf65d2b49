using Netemu.Core.Time;

namespace Netemu.Topologies.Expectations;

/// <summary>A time, exact to the nanosecond.</summary>
public sealed class ObservedDuration(Duration value) : ObservedValue
{
    public Duration Time { get; } = value;
}
