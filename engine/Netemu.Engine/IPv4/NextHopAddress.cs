using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>
/// The "link-layer address" of a device that resolves no neighbours: the next hop's IPv4 address itself, as a tunnel's
/// dev_addr is in Linux. It stands in the room of the Ethernet destination, so that a tunnel without a fixed remote end
/// finds the far end there (ip_tunnel_xmit, rt_nexthop).
/// </summary>
internal static class NextHopAddress
{
    /// <summary>On Ethernet without neighbours (IFF_NOARP) it is the device's own MAC, as arp_constructor has it.</summary>
    public static MacAddress Encode(NetDevice device, NextHop<IPv4Address> hop, IPv4Address destination) =>
        device.HasLinkLayer ? device.Mac : new(hop.HasGateway ? hop.Gateway.Value : destination.Value);

    /// <summary>The same for IPv6: what an IPv4-compatible next hop (::a.b.c.d) holds, for sit.</summary>
    public static MacAddress Encode(NetDevice device, NextHop<IPv6Address> hop, IPv6Address destination)
    {
        IPv6Address target = hop.HasGateway ? hop.Gateway : destination;
        return device.HasLinkLayer ? device.Mac
            : target.High == 0 && target.Low >> 32 == 0 ? new MacAddress(target.Low)
            : default;
    }

    public static IPv4Address Decode(Frame frame) => new((uint)MacAddress.Read(frame.Bytes).Value);
}
