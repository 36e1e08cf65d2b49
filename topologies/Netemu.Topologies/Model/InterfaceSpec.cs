using System.Collections.Generic;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>
/// A device of a namespace. Which of the optional groups applies follows from <see cref="Type"/>; the loader refuses
/// words that do not fit the type.
/// </summary>
public sealed class InterfaceSpec : Spec
{
    public string Name { get; internal set; } = string.Empty;

    public InterfaceType Type { get; internal set; }

    public IReadOnlyList<InterfaceAddressSpec> Addresses { get; internal set; } = [];

    /// <summary><c>ip: dhcp</c>: a DHCP client gets the address.</summary>
    public bool Dhcp { get; internal set; }

    public MacAddress? Mac { get; internal set; }

    public int? Mtu { get; internal set; }

    public int? TxQueueLength { get; internal set; }

    /// <summary><c>state: up</c>, the default, or <c>down</c>.</summary>
    public bool Up { get; internal set; } = true;

    /// <summary>
    /// The bridge that the device is a port of. For a veth in a further namespace it is a bridge of the node's root
    /// namespace, and the far end, made there, is the port.
    /// </summary>
    public string? Master { get; internal set; }

    /// <summary>The far end of a veth; always set at both ends, null where <see cref="Master"/> makes the far end.</summary>
    public DeviceRef? Peer { get; internal set; }

    /// <summary>The device below a vlan, macvlan or ipvlan, and the one that a tunnel is bound to.</summary>
    public string? Parent { get; internal set; }

    public InterfaceMode Mode { get; internal set; }

    /// <summary>An ipvlan's isolation flag.</summary>
    public IpvlanFlag Flag { get; internal set; }

    /// <summary>The senders that a macvlan in source mode accepts.</summary>
    public IReadOnlyList<MacAddress> SourceMacs { get; internal set; } = [];

    /// <summary>The VLAN id of a vlan, the VNI of a vxlan.</summary>
    public int? Id { get; internal set; }

    /// <summary><c>attach: host</c> or <c>packet</c>: what of the real kernel stands behind a tap or tun.</summary>
    public HostAttachment Attachment { get; internal set; }

    /// <summary><c>attach: host</c>: a real kernel TAP.</summary>
    public bool AttachHost => Attachment == HostAttachment.Tap;

    /// <summary>The kernel namespace that a real TAP is put in.</summary>
    public string? HostNamespace { get; internal set; }

    /// <summary>The name of the real TAP in the kernel; the device's own where null.</summary>
    public string? HostName { get; internal set; }

    /// <summary>The addresses of the kernel's side.</summary>
    public IReadOnlyList<InterfaceAddressSpec> HostAddresses { get; internal set; } = [];

    /// <summary>The routes of the kernel's side: destination and gateway.</summary>
    public IReadOnlyList<RouteSpec> HostRoutes { get; internal set; } = [];

    public BridgeOptions Bridge { get; } = new();

    public BridgePortOptions Port { get; } = new();

    public TunnelOptions Tunnel { get; } = new();

    /// <summary>The mappings that were bound into this device, for the check of words against the type.</summary>
    internal List<YamlMapping> Sources { get; } = [];
}
