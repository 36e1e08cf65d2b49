using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Forwarding;

/// <summary>Super-segments on their way out: one route, one neighbour and one header for all frames of one.</summary>
internal static class SuperOutput
{
    /// <summary>
    /// Whether what goes this way can go as a super-segment: no hook looks at packets, and the way leads to a device whose
    /// neighbours are known by address, or to this host itself.
    /// </summary>
    public static bool Takes<TAddress>(NetworkNamespace space, in OutputRoute<TAddress> way)
        where TAddress : struct, IIPAddress<TAddress> =>
        space.Hooks is null
        && (way.Type == RouteType.Local
            ? space.Loopback.SegmentationOffload
            : way is { Type: RouteType.Unicast, Hop: not null, Device: { UsesNeighbours: true, SegmentationOffload: true } });

    /// <summary>
    /// Sends packets of one flow, each no longer than the path's MTU, that <see cref="Takes"/> allows to go together; they are
    /// complete 14 bytes into their frames. Takes ownership, unless it is false: then the neighbour is not known for sure, and
    /// they have to go one by one.
    /// </summary>
    public static bool TrySend<TAddress>(
        NetworkNamespace space, NeighbourTable<TAddress> neighbours, Frame head, in OutputRoute<TAddress> way, TAddress destination,
        FrameFlags flags, ushort type)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NetDevice device = space.Loopback;
        MacAddress to = default;
        MacAddress from = default;
        if (way.Type != RouteType.Local)
        {
            if (FindUsable(space, neighbours, way.Hop!, destination) is not { } neighbour)
            {
                return false;
            }

            device = neighbour.Device;
            to = neighbour.Mac;
            from = device.Mac;
        }

        for (Frame? frame = head; frame is not null; frame = frame.Following)
        {
            frame.Flags |= flags | FrameFlags.LocallyGenerated;
            EthernetHeader.Write(frame.Bytes, to, from, type);
        }

        device.TransmitSuper(head);
        return true;
    }

    /// <summary>The neighbour of a way, if packets may go to it without anything else happening.</summary>
    private static NeighbourEntry<TAddress>? FindUsable<TAddress>(
        NetworkNamespace space, NeighbourTable<TAddress> neighbours, NextHop<TAddress> hop, TAddress destination)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NeighbourEntry<TAddress>? neighbour = hop.HasGateway ? hop.Neighbour : hop.IsDirect ? neighbours.Find(hop.Device!, destination) : null;
        return neighbour is { IsDead: false } && space.Node.Shard.NowNanoseconds < neighbour.UsableUntil ? neighbour : null;
    }
}
