using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>The way out (net/ipv4/ip_output.c, route.c): route, source, LocalOut, Postrouting, fragments.</summary>
public sealed partial class IPv4Stack
{
    /// <summary>
    /// Where a packet of this namespace would go (ip_route_output_key): the local errno, or device, next hop and source. The
    /// source may be another's with <paramref name="anySource"/> (FLOWI_FLAG_ANYSRC).
    /// </summary>
    public OutputRoute<IPv4Address> RouteOutput(
        IPv4Address destination, IPv4Address source = default, NetDevice? device = null, uint mark = 0, byte typeOfService = 0,
        ulong transport = 0, bool anySource = false)
    {
        if (!anySource && !source.IsUnspecified && !IsDeliveredHere(source) && !source.IsLoopback && !Namespace.Settings.IpNonlocalBind)
        {
            return OutputRoute<IPv4Address>.Fail(Errno.EINVAL);
        }

        if (destination.IsUnspecified)
        {
            // "0.0.0.0" is this host: by the source's address, the device's, or the loopback's.
            IPv4Address own = source.IsUnspecified && device is not null ? SelectSource(device, default, RouteScope.Host) : source;
            destination = own.IsUnspecified ? IPv4Address.Loopback : own;
        }

        if (destination.IsBroadcast || (destination.IsMulticast && (device is not null || !source.IsUnspecified)))
        {
            // Of several devices that of the source sends (ip_route_output_key_hash_rcu).
            return RouteGroup(destination, source, device ?? _addresses.Find(a => !source.IsUnspecified && a.Address == source)?.Device);
        }

        FlowKey<IPv4Address> flow = new(source, destination, null, device, mark, typeOfService) { Transport = transport };
        RouteInfo<IPv4Address>? route = device is null ? Routes.Resolve(flow) : ResolveVia(flow, device);
        if (route is null)
        {
            if (device is not null)
            {
                // With a device given, what has no route is taken to be on its link (route.c, "Apparently, routing tables are wrong").
                IPv4Address from = source.IsUnspecified ? SelectSource(device, destination, RouteScope.Link) : source;
                return new OutputRoute<IPv4Address>(
                    Errno.None, null, new NextHop<IPv4Address>(device, default, hasGateway: false), device, from, RouteType.Unicast);
            }

            return OutputRoute<IPv4Address>.Fail(Errno.ENETUNREACH);
        }

        switch (route.Type)
        {
            case RouteType.Unreachable:
                return OutputRoute<IPv4Address>.Fail(Errno.EHOSTUNREACH);
            case RouteType.Prohibit:
                return OutputRoute<IPv4Address>.Fail(Errno.EACCES);
            case RouteType.Blackhole:
                return OutputRoute<IPv4Address>.Fail(Errno.EINVAL);
            case RouteType.Local:
                IPv4Address local = source.IsUnspecified
                    ? (route.PreferredSource.IsUnspecified ? destination : route.PreferredSource)
                    : source;
                return new OutputRoute<IPv4Address>(Errno.None, route, route.NextHop, Namespace.Loopback, local, RouteType.Local);
            default:
                NextHop<IPv4Address> hop = route.Group is null ? route.NextHop : SelectFrom(
                    route, source, HashFlow(source, destination, Namespace.Settings.FibMultipathHashPolicy == 1 ? transport : 0));
                if (_exceptions is not null)
                {
                    hop = _exceptions.Redirected(destination, hop);
                }

                IPv4Address chosen = source;
                if (chosen.IsUnspecified)
                {
                    chosen = !route.PreferredSource.IsUnspecified
                        ? route.PreferredSource
                        : SelectSource(hop.Device, hop.HasGateway ? hop.Gateway : destination, route.Scope);
                }

                // A group is on the link whatever the route says: its gateway is for hosts (__mkroute_output).
                return destination.IsMulticast
                    ? new OutputRoute<IPv4Address>(Errno.None, route, null, hop.Device, chosen, RouteType.Multicast)
                    : new OutputRoute<IPv4Address>(Errno.None, route, hop, hop.Device, chosen, route.Type);
        }
    }

    /// <summary>
    /// <see cref="RouteOutput"/> for a socket with a local address, which keeps the answer in <paramref name="kept"/> while that
    /// can be the same for the next packet. <paramref name="transport"/> chooses among the members of a group.
    /// </summary>
    internal OutputRoute<IPv4Address> RouteSocket(
        ref SocketWay? kept, IPv4Address destination, IPv4Address source, byte typeOfService, ulong transport)
    {
        if (kept is not null && kept.IsOf(Routes.Generation, _local) && _exceptions is not { HasRedirects: true })
        {
            return kept.Way;
        }

        OutputRoute<IPv4Address> way = RouteOutput(destination, source, null, 0, typeOfService, transport);
        bool keeps = way.Error == Errno.None && way.Route is { Group: null } && IsLocal(source) && _exceptions is not { HasRedirects: true };
        if (keeps && (_socketWay is null || !_socketWay.IsOf(Routes.Generation, _local) || _socketWay.Way != way))
        {
            _socketWay = new SocketWay(way, Routes.Generation, _local);
        }

        kept = keeps ? _socketWay : null;
        return way;
    }

    /// <summary>
    /// The member of a group for a packet of this host: of those that leave by a device with the packet's source address, the
    /// first from the hash's one on (fib_select_multipath since Linux 6.15); without such a member, the hash's.
    /// </summary>
    private NextHop<IPv4Address> SelectFrom(RouteInfo<IPv4Address> route, IPv4Address source, uint hash)
    {
        NextHop<IPv4Address> hashed = route.Select(hash);
        if (source.IsUnspecified)
        {
            return hashed;
        }

        NextHop<IPv4Address>? best = null;
        bool reached = false;
        foreach (NextHop<IPv4Address> hop in route.Group!)
        {
            reached |= ReferenceEquals(hop, hashed);
            if (hop.IsDead || SelectSource(hop.Device, hop.HasGateway ? hop.Gateway : default, route.Scope) != source)
            {
                continue;
            }

            if (reached)
            {
                return hop;
            }

            best ??= hop;
        }

        return best ?? hashed;
    }

    /// <summary>The largest packet to a destination that need not be fragmented: the learned path MTU, the route's, or the device's.</summary>
    public int PathMtu(IPv4Address destination, in OutputRoute<IPv4Address> route)
    {
        int mtu = route.Route is { Mtu: > 0 } ? route.Route.Mtu : route.Device!.Mtu;
        int learned = _exceptions?.PathMtu(destination) ?? 0;
        return learned > 0 && learned < mtu ? learned : mtu;
    }

    /// <summary>
    /// Sends a packet of this namespace, whose header stands complete 14 bytes into the frame, along a route that
    /// <see cref="RouteOutput"/> gave. Takes ownership. EMSGSIZE if it must not be fragmented and is too long.
    /// </summary>
    internal Errno Send(Frame frame, in OutputRoute<IPv4Address> route)
    {
        frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked | FrameFlags.LocallyGenerated;
        frame.Input = null;
        OutputRoute<IPv4Address> way = route;

        // Whoever sees the frame before its neighbour is known sees no address yet, rather than what the buffer held.
        EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv4);
        IPv4Address destination = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.DestinationOffset)..]);
        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Send, RouteText.Describe(Routes.Lookup(destination), destination), way.Device);
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null)
        {
            uint mark = frame.Mark;
            if (!hooks.Pass(Namespace, HookPoint.LocalOut, AddressFamily.IPv4, frame, null, way.Device))
            {
                return Errno.EPERM;
            }

            IPv4Address now = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.DestinationOffset)..]);
            if (now != destination || frame.Mark != mark)
            {
                // Translated or marked: the packet is routed again (ip_route_me_harder).
                destination = now;
                IPv4Address source = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.SourceOffset)..]);
                way = RouteOutput(
                    destination, source, null, frame.Mark, 0, TransportKey.OfPacket(frame.Bytes[NetworkOffset..]), anySource: true);
                if (way.Error != Errno.None)
                {
                    Namespace.Drop(frame, DropReason.NoRoute);
                    return way.Error;
                }
            }
        }

        return SendOut(frame, way, destination, hooks);
    }

    /// <summary>
    /// Builds and sends a datagram from a transport payload, as a raw socket does. Copies the payload and the options, which are
    /// complete and end at a multiple of four.
    /// </summary>
    public Errno SendDatagram(
        in OutputRoute<IPv4Address> route,
        IPv4Address destination,
        IPProtocol protocol,
        ReadOnlySpan<byte> payload,
        byte ttl,
        byte trafficClass,
        PathMtuDiscovery discovery,
        uint mark,
        PacketTrace? trace,
        ReadOnlySpan<byte> options = default)
    {
        int headerLength = IPv4Header.MinimumSize + options.Length;
        int length = headerLength + payload.Length;
        if (length > ushort.MaxValue)
        {
            return Errno.EMSGSIZE;
        }

        int mtu = discovery == PathMtuDiscovery.Probe ? route.Device!.Mtu : PathMtu(destination, route);
        bool dontFragment = discovery is PathMtuDiscovery.Do or PathMtuDiscovery.Probe
            || (discovery == PathMtuDiscovery.Want && length <= mtu && Namespace.Settings.IpNoPmtuDiscovery == 0);
        if (length > mtu && discovery is PathMtuDiscovery.Do or PathMtuDiscovery.Probe)
        {
            return Errno.EMSGSIZE;
        }

        Frame frame = Namespace.Node.Emulation.Frames.Rent(NetworkOffset + length);
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPv4Header.Write(
            packet,
            trafficClass,
            length,
            dontFragment ? (ushort)0 : NextIdentification(),
            dontFragment ? IPv4Header.DontFragmentFlag : (ushort)0,
            ttl != 0 ? ttl : destination.IsMulticast ? DefaultMulticastTtl : Namespace.Settings.IPv4DefaultTtl,
            protocol,
            route.Source,
            destination);
        if (options.Length > 0)
        {
            packet[0] = (byte)((4 << 4) | (headerLength / 4));
            options.CopyTo(packet[IPv4Header.MinimumSize..]);
            IPv4Header.WriteChecksum(packet[..headerLength]);
        }

        payload.CopyTo(packet[headerLength..]);
        frame.Mark = mark;
        frame.Trace = trace;
        return Send(frame, route);
    }

    private Errno SendOut(Frame frame, in OutputRoute<IPv4Address> way, IPv4Address destination, HookTable? hooks)
    {
        NetDevice device = way.Device!;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.Postrouting, AddressFamily.IPv4, frame, null, device))
        {
            return Errno.None;
        }

        if (way.Type == RouteType.Local)
        {
            EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv4);
            Namespace.Loopback.Transmit(frame);
            return Errno.None;
        }

        int length = frame.Length - NetworkOffset;
        int mtu = PathMtu(destination, way);
        bool dontFragment = (BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[(NetworkOffset + IPv4Header.FlagsOffset)..])
            & IPv4Header.DontFragmentFlag) != 0;
        if (length > mtu && (!dontFragment || length > device.Mtu))
        {
            if (dontFragment)
            {
                Namespace.Drop(frame, DropReason.PacketTooBig);
                return Errno.EMSGSIZE;
            }

            Fragment(frame, device, way.Type == RouteType.Unicast ? way.Hop : null, destination, mtu);
            return Errno.None;
        }

        if (way.Type is RouteType.Broadcast or RouteType.Multicast)
        {
            SendToGroup(frame, device, destination);
            return Errno.None;
        }

        SendTo(frame, way.Hop!, destination);
        return Errno.None;
    }

    /// <summary>Sends to a group address, which needs no neighbour: multicast (RFC 1112) or broadcast.</summary>
    private static void SendToGroup(Frame frame, NetDevice device, IPv4Address destination)
    {
        MacAddress mac = destination.IsMulticast ? MacAddress.Multicast(destination) : MacAddress.Broadcast;
        EthernetHeader.Write(frame.Bytes, mac, device.Mac, EtherType.IPv4);
        device.Transmit(frame);
    }

    private RouteInfo<IPv4Address>? ResolveVia(in FlowKey<IPv4Address> flow, NetDevice device)
    {
        RouteInfo<IPv4Address>? best = Routes.Resolve(flow);
        if (best is not null && (best.Type == RouteType.Local || ReferenceEquals(best.NextHop.Device, device)))
        {
            return best;
        }

        // The longest prefix that leaves by the device.
        for (int length = 32; length >= 0; length--)
        {
            for (Route<IPv4Address>? route = Routes.Main.Find(new Prefix<IPv4Address>(flow.Destination, length));
                route is not null;
                route = route.Next)
            {
                if (ReferenceEquals(route.NextHop.Device, device))
                {
                    return new RouteInfo<IPv4Address>(route);
                }
            }
        }

        return null;
    }

    private OutputRoute<IPv4Address> RouteGroup(IPv4Address destination, IPv4Address source, NetDevice? device)
    {
        NetDevice? way = device ?? Routes.Resolve(destination)?.NextHop.Device;
        if (way is null)
        {
            return OutputRoute<IPv4Address>.Fail(Errno.ENETUNREACH);
        }

        IPv4Address own = source.IsUnspecified ? SelectSource(way, default, RouteScope.Link) : source;
        return new OutputRoute<IPv4Address>(
            Errno.None, null, null, way, own, destination.IsBroadcast ? RouteType.Broadcast : RouteType.Multicast);
    }
}
