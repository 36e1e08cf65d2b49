using Netemu.Core.Addresses;
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
    public static MacAddress Encode(NextHop<IPv4Address> hop, IPv4Address destination) =>
        new(hop.HasGateway ? hop.Gateway.Value : destination.Value);

    public static IPv4Address Decode(Frame frame) => new((uint)MacAddress.Read(frame.Bytes).Value);
}
