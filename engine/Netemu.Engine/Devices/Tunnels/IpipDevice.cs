using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>
/// IPv4 in IPv4 (RFC 2003, net/ipv4/ipip.c). tunl0 has neither end: it takes what no other tunnel does, and sends to the
/// next hop of each packet's route, which is how Calico's IPIP works.
/// </summary>
public sealed class IpipDevice : IPTunnelDevice
{
    public const string FallbackName = "tunl0";

    private IpipDevice(NetworkNamespace space, string name, IPTunnelOptions options, bool isFallback)
        : base(space, name, default, options, space.Tunnels.Ipip, 0, isFallback)
    {
    }

    public override string Kind => "ipip";

    private protected override IPProtocol Protocol => IPProtocol.IPv4;

    /// <summary>Makes a tunnel; null with EEXIST if there is one with these ends.</summary>
    public static IpipDevice? Create(NetworkNamespace space, string name, IPTunnelOptions options, out Errno error)
    {
        error = Errno.None;
        bool isFallback = name == FallbackName && options.Remote.IsUnspecified && options.Local.IsUnspecified;
        if (!isFallback && (space.Tunnels.Ipip.Exists(options) || (options.Remote.IsUnspecified && options.Local.IsUnspecified)))
        {
            error = Errno.EEXIST;
            return null;
        }

        return new IpipDevice(space, name, isFallback ? options with { PathMtuDiscovery = false } : options, isFallback);
    }

    private protected override bool Carries(ushort type) => type == EtherType.IPv4;

    private protected override ushort InnerType(in GreHeader gre) => EtherType.IPv4;
}
