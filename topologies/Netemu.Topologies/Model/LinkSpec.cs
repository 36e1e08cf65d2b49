using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A point-to-point link: a constant delay both ways, and an impairment per sending end.</summary>
public sealed class LinkSpec : Spec
{
    /// <summary>A name for steps and captures; null where the link is named by an end.</summary>
    public string? Name { get; internal set; }

    public DeviceRef A { get; internal set; } = null!;

    public DeviceRef B { get; internal set; } = null!;

    /// <summary>Propagation, the engine's structural delay; never below 1 us between two shards.</summary>
    public Duration Delay { get; internal set; }

    /// <summary>Serialisation rate; null sends at once.</summary>
    public BitRate? Rate { get; internal set; }

    public int Mtu { get; internal set; }

    /// <summary>The length of the sender's queue in packets; null is the device's default.</summary>
    public int? Limit { get; internal set; }

    public bool Up { get; internal set; } = true;

    /// <summary>What happens to frames that A sends.</summary>
    public ImpairSpec? ImpairA { get; internal set; }

    /// <summary>What happens to frames that B sends.</summary>
    public ImpairSpec? ImpairB { get; internal set; }
}
