using Netemu.Core.Addresses;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>
/// Where a binding may point (nf_nat_range2): addresses (none given: the packet's own or the device's), ports (none given:
/// the packet's own if free), and how ports are drawn.
/// </summary>
public readonly record struct NatRange(
    InternetAddress First = default,
    InternetAddress Last = default,
    PortRange? Ports = null,
    bool Random = false,
    bool RandomFully = false,
    bool Persistent = false)
{
    public static NatRange To(InternetAddress address) => new(address, address);

    public static NatRange To(InternetAddress address, int port) => new(address, address, PortRange.Of(port));
}
