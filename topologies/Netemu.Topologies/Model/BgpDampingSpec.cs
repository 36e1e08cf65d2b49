using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>Route flap damping (RFC 2439); null keeps the default.</summary>
public sealed class BgpDampingSpec : Spec
{
    public bool Enabled { get; internal set; } = true;

    public Duration? HalfLife { get; internal set; }

    public int? Reuse { get; internal set; }

    public int? Suppress { get; internal set; }

    public Duration? MaximumSuppress { get; internal set; }
}
