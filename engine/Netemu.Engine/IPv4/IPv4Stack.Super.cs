using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <content>Super-segments on their way out: one route, one neighbour and one header for all frames of one.</content>
public sealed partial class IPv4Stack
{
    /// <summary>
    /// Whether what goes this way can go as a super-segment: no hook looks at packets, and the way leads to a device whose
    /// neighbours are known by address, or to this host itself.
    /// </summary>
    internal bool TakesSuper(in OutputRoute<IPv4Address> way) =>
        Namespace.Hooks is null
        && (way.Type == RouteType.Local
            ? Namespace.Loopback.SegmentationOffload
            : way is { Type: RouteType.Unicast, Hop: not null, Device: { UsesNeighbours: true, SegmentationOffload: true } });

    /// <summary>
    /// <see cref="Send"/> for packets of one flow, each no longer than the path's MTU, that <see cref="TakesSuper"/> allows to go
    /// together. Takes ownership.
    /// </summary>
    internal void SendSuper(Frame head, in OutputRoute<IPv4Address> way, IPv4Address destination)
    {
        NetDevice device = Namespace.Loopback;
        MacAddress to = default;
        MacAddress from = default;
        if (way.Type != RouteType.Local)
        {
            if (FindUsable(way.Hop!, destination) is not { } neighbour)
            {
                foreach (Frame frame in head.Part())
                {
                    Send(frame, way);
                }

                return;
            }

            device = neighbour.Device;
            to = neighbour.Mac;
            from = device.Mac;
        }

        for (Frame? frame = head; frame is not null; frame = frame.Following)
        {
            frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked | FrameFlags.LocallyGenerated;
            EthernetHeader.Write(frame.Bytes, to, from, EtherType.IPv4);
        }

        device.TransmitSuper(head);
    }

    /// <summary>The neighbour of a way, if packets may go to it without anything else happening.</summary>
    private NeighbourEntry<IPv4Address>? FindUsable(NextHop<IPv4Address> hop, IPv4Address destination)
    {
        NeighbourEntry<IPv4Address>? neighbour = hop.HasGateway ? hop.Neighbour : hop.IsDirect ? Neighbours.Find(hop.Device!, destination) : null;
        return neighbour is { IsDead: false } && Namespace.Node.Shard.NowNanoseconds < neighbour.UsableUntil ? neighbour : null;
    }
}
