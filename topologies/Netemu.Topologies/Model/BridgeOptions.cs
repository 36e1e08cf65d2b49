using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>The settings of a bridge, by the words of <c>ip link add type bridge</c>; null is the kernel's default.</summary>
public sealed class BridgeOptions
{
    public bool? Stp { get; internal set; }

    public Duration? Ageing { get; internal set; }

    public Duration? ForwardDelay { get; internal set; }

    public Duration? HelloTime { get; internal set; }

    public Duration? MaxAge { get; internal set; }

    public int? Priority { get; internal set; }

    public bool? VlanFiltering { get; internal set; }

    public int? DefaultPvid { get; internal set; }

    public bool? MulticastSnooping { get; internal set; }
}
