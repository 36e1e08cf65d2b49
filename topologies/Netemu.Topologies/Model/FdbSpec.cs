using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A forwarding database entry in the words of <c>bridge fdb add</c>.</summary>
public sealed class FdbSpec : Spec
{
    public MacAddress Mac { get; internal set; }

    public string Device { get; internal set; } = string.Empty;

    /// <summary>The remote end, where the device is a vxlan.</summary>
    public InternetAddress? Destination { get; internal set; }

    public int? Vlan { get; internal set; }

    public int? Vni { get; internal set; }

    public int? Port { get; internal set; }

    /// <summary>Whether the entry is the bridge's (<c>master</c>) rather than the device's own (<c>self</c>).</summary>
    public bool Master { get; internal set; }
}
