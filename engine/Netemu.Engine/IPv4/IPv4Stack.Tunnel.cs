using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>The way out for what tunnels have wrapped (iptunnel_xmit).</summary>
public sealed partial class IPv4Stack
{
    /// <summary>What is put in front of a payload: room for Ethernet, and an IPv4 header without options.</summary>
    internal const int OuterHeaders = NetworkOffset + IPv4Header.MinimumSize;

    private DestinationCache? _destinations;

    /// <summary>
    /// Where an outer packet goes: what <see cref="RouteOutput"/> says, from the cache where that can say the same. Valid until
    /// the next call.
    /// </summary>
    internal ref DestinationCache.Entry RouteTunnelled(
        IPv4Address destination, IPv4Address source, NetDevice? device, uint mark, byte typeOfService)
    {
        _destinations ??= new DestinationCache(this);
        if (_exceptions is { HasRedirects: true })
        {
            _destinations.Clear();
        }

        return ref _destinations.Route(destination, source, device, mark, typeOfService);
    }

    /// <summary>
    /// Writes the IPv4 header of a frame that starts with room for it (<see cref="OuterHeaders"/>), and sends it as this
    /// namespace's own. Takes ownership.
    /// </summary>
    internal void SendTunnelled(
        Frame frame,
        ref DestinationCache.Entry entry,
        IPProtocol protocol,
        byte trafficClass,
        byte ttl,
        bool dontFragment)
    {
        ref readonly OutputRoute<IPv4Address> way = ref entry.Way;
        IPv4Address destination = entry.Destination;
        int length = frame.Length - NetworkOffset;
        int mtu = PathMtu(destination, way);
        Span<byte> bytes = frame.Bytes[..OuterHeaders];
        if (length > ushort.MaxValue || (dontFragment && length > mtu))
        {
            EthernetHeader.Write(bytes, default, default, EtherType.IPv4);
            IPv4Header.Write(bytes[NetworkOffset..], trafficClass, Math.Min(length, ushort.MaxValue), 0, 0, ttl, protocol, way.Source, destination);
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return;
        }

        IPv4Header.Write(
            bytes[NetworkOffset..],
            trafficClass,
            length,
            NextIdentification(),
            dontFragment ? IPv4Header.DontFragmentFlag : (ushort)0,
            ttl == 0 ? Namespace.Settings.IPv4DefaultTtl : ttl,
            protocol,
            way.Source,
            destination);
        if (length > mtu || way.Type != RouteType.Unicast || !way.Device!.UsesNeighbours || way.Hop is { HasGateway: false, IsDirect: false }
            || frame.Trace is not null || Namespace.Hooks is { SendsIPv4: false })
        {
            Send(frame, way);
            return;
        }

        // What Send does when no hook, trace or fragment has anything to do.
        entry.Neighbour = entry.Neighbour is { IsDead: false } known
            ? known
            : Neighbours.FindOrCreate(way.Device, way.Hop!.HasGateway ? way.Hop.Gateway : destination);
        frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked | FrameFlags.LocallyGenerated;
        frame.Input = null;
        if (Namespace.Node.Shard.NowNanoseconds >= entry.Neighbour.UsableUntil)
        {
            // Whoever sees the frame while it waits sees no address yet, rather than what the buffer held.
            EthernetHeader.Write(bytes, default, default, EtherType.IPv4);
        }

        Neighbours.Output(entry.Neighbour, frame);
    }
}
