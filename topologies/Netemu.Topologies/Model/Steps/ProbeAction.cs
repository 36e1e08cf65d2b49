using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A step that sends packets and reports what came of them. Null is the probe's own default.</summary>
public abstract class ProbeAction : StepAction
{
    public EndpointRef From { get; internal set; } = null!;

    /// <summary>The other end; null only where the probe needs none.</summary>
    public EndpointRef? To { get; internal set; }

    public int? Count { get; internal set; }

    public Duration? Interval { get; internal set; }

    /// <summary>Bytes of payload.</summary>
    public int? Size { get; internal set; }

    public int? Ttl { get; internal set; }

    public PathMtuDiscovery PathMtuDiscovery { get; internal set; }

    public InternetAddress? Source { get; internal set; }

    /// <summary>The device that the socket is bound to.</summary>
    public string? Device { get; internal set; }

    /// <summary>How long the last answer may take.</summary>
    public Duration Timeout { get; internal set; } = Duration.FromSeconds(2);

    /// <summary>Which family a name resolves to; null for the first that works.</summary>
    public AddressFamily? Family { get; internal set; }

    /// <summary>The type of service byte.</summary>
    public int? Tos { get; internal set; }

    /// <summary>The firewall mark of the socket.</summary>
    public uint? Mark { get; internal set; }

    internal bool? InlineBackground { get; set; }

    internal Duration? InlineDuring { get; set; }

    internal IReadOnlyList<DeviceRef>? InlineFrames { get; set; }
}
