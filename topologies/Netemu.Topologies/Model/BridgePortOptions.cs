using System.Collections.Generic;

namespace Netemu.Topologies.Model;

/// <summary>The settings of a bridge port, by the words of <c>bridge link set</c>; null is the kernel's default.</summary>
public sealed class BridgePortOptions
{
    public bool? Hairpin { get; internal set; }

    public bool? Learning { get; internal set; }

    public bool? Flood { get; internal set; }

    public bool? Isolated { get; internal set; }

    /// <summary>Path cost for STP.</summary>
    public int? Cost { get; internal set; }

    public int? Priority { get; internal set; }

    public int? Pvid { get; internal set; }

    /// <summary>VLANs that leave the port tagged.</summary>
    public IReadOnlyList<int> TaggedVlans { get; internal set; } = [];

    /// <summary>VLANs that leave the port without a tag.</summary>
    public IReadOnlyList<int> UntaggedVlans { get; internal set; } = [];
}
