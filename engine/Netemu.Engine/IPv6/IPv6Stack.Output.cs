using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>The way out (net/ipv6/ip6_output.c, route.c): route, source, LocalOut, Postrouting, fragments.</summary>
public sealed partial class IPv6Stack
{
    /// <summary>
    /// Where a packet of this namespace would go (ip6_route_output): the local errno, or device, next hop and source. A
    /// device given is strict for what needs one and where the source is open, else a preference. The source may be another's
    /// with <paramref name="anySource"/>.
    /// </summary>
    public OutputRoute<IPv6Address> RouteOutput(
        IPv6Address destination, IPv6Address source = default, NetDevice? device = null, uint mark = 0, byte trafficClass = 0,
        ulong transport = 0, bool anySource = false)
    {
        if (!anySource && !source.IsUnspecified && !IsLocal(source) && !Namespace.Settings.IpNonlocalBindIPv6 && !Namespace.Settings.IpNonlocalBind)
        {
            return OutputRoute<IPv6Address>.Fail(Errno.EADDRNOTAVAIL);
        }

        if (destination.IsUnspecified)
        {
            // "::" is this host (RFC 4291 section 2.5.2 does not allow it on the wire).
            destination = IPv6Address.Loopback;
        }

        if (destination.IsMulticast || (destination.IsLinkLocal && !IsLocal(destination)))
        {
            return RouteOnLink(destination, source, device);
        }

        FlowKey<IPv6Address> flow = new(source, destination, null, device, mark, trafficClass) { Transport = transport };
        RouteInfo<IPv6Address>? route = device is null ? Routes.Resolve(flow) : ResolveVia(flow, device, strict: source.IsUnspecified);
        switch (route?.Type)
        {
            case null or RouteType.Throw:
                return OutputRoute<IPv6Address>.Fail(Errno.ENETUNREACH);
            case RouteType.Local or RouteType.Anycast:
                return new OutputRoute<IPv6Address>(
                    Errno.None, route, route.NextHop, Namespace.Loopback, source.IsUnspecified ? destination : source, RouteType.Local);
            case RouteType.Unicast:
                return Along(route, destination, source, transport);
            case RouteType.Prohibit:
                return OutputRoute<IPv6Address>.Fail(Errno.EACCES);
            case RouteType.Blackhole:
                return OutputRoute<IPv6Address>.Fail(Errno.EINVAL);
            default:
                return OutputRoute<IPv6Address>.Fail(Errno.EHOSTUNREACH);
        }
    }

    /// <summary>The largest packet to a destination that need not be fragmented: the learned path MTU, the route's, or the device's.</summary>
    public int PathMtu(IPv6Address destination, in OutputRoute<IPv6Address> route)
    {
        int mtu = route.Device is null ? IPv6Interface.MinimumMtu : MtuOf(route.Route, route.Device);
        int learned = _exceptions?.PathMtu(destination) ?? 0;
        return learned > 0 && learned < mtu ? learned : mtu;
    }

    /// <summary>The same for who knows only the device.</summary>
    internal int PathMtu(IPv6Address destination, NetDevice device) =>
        PathMtu(destination, new OutputRoute<IPv6Address>(Errno.None, null, null, device, default, RouteType.Unicast));

    /// <summary>
    /// Learns a path MTU from "packet too big" (RFC 8201 section 4). What is below the minimum of IPv6 is a lie, and what is
    /// no improvement is none (__ip6_rt_update_pmtu).
    /// </summary>
    internal void LearnMtu(IPv6Address destination, long mtu)
    {
        OutputRoute<IPv6Address> route = RouteOutput(destination);
        if (mtu >= IPv6Interface.MinimumMtu && route.Error == Errno.None && mtu < PathMtu(destination, route))
        {
            Exceptions.LearnMtu(destination, (int)mtu);
        }
    }

    /// <summary>
    /// Sends a packet of this namespace, complete 14 bytes into the frame. Takes ownership. EMSGSIZE if it is too long for
    /// the path and must not be fragmented.
    /// </summary>
    internal Errno Send(Frame frame, in OutputRoute<IPv6Address> route, PathMtuDiscovery discovery = PathMtuDiscovery.Do, bool loop = false)
    {
        frame.Flags |= FrameFlags.TransportChecked | FrameFlags.LocallyGenerated;
        frame.Input = null;
        IPv6Address destination = IPv6Address.Read(frame.Bytes[(NetworkOffset + IPv6Header.DestinationOffset)..]);
        OutputRoute<IPv6Address> way = route;

        // As for IPv4: no address yet, rather than what the buffer held.
        EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv6);
        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Send, RouteText.Describe(Routes.Lookup(destination), destination), way.Device);
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null)
        {
            uint mark = frame.Mark;
            if (!hooks.Pass(Namespace, HookPoint.LocalOut, AddressFamily.IPv6, frame, null, way.Device))
            {
                return Errno.EPERM;
            }

            IPv6Address now = IPv6Address.Read(frame.Bytes[(NetworkOffset + IPv6Header.DestinationOffset)..]);
            if (now != destination || frame.Mark != mark)
            {
                // Translated or marked: the packet is routed again (ip6_route_me_harder).
                destination = now;
                IPv6Address source = IPv6Address.Read(frame.Bytes[(NetworkOffset + IPv6Header.SourceOffset)..]);
                way = RouteOutput(
                    destination, source, destination.NeedsScope ? way.Device : null, frame.Mark, 0,
                    TransportKey.OfPacketIPv6(frame.Bytes[NetworkOffset..]), anySource: true);
                if (way.Error != Errno.None)
                {
                    Namespace.Drop(frame, DropReason.NoRoute);
                    return way.Error;
                }
            }
        }

        return SendOut(frame, way, destination, hooks, discovery, loop);
    }

    /// <summary>Builds and sends a packet from an upper-layer payload, whose checksum stands. Copies the payload.</summary>
    internal Errno SendPacket(
        in OutputRoute<IPv6Address> route,
        IPv6Address destination,
        IPProtocol nextHeader,
        ReadOnlySpan<byte> payload,
        byte hopLimit,
        byte trafficClass,
        PacketTrace? trace,
        PathMtuDiscovery discovery = PathMtuDiscovery.Want,
        uint mark = 0,
        bool loop = false)
    {
        int length = IPv6Header.Size + payload.Length;
        int mtu = discovery == PathMtuDiscovery.Probe ? MtuOf(null, route.Device!) : PathMtu(destination, route);
        if (payload.Length > ushort.MaxValue
            || (length > mtu && discovery is PathMtuDiscovery.Do or PathMtuDiscovery.Probe && route.Type != RouteType.Local))
        {
            return Errno.EMSGSIZE;
        }

        Frame frame = Namespace.Node.Emulation.Frames.Rent(NetworkOffset + length);
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        byte limit = hopLimit != 0 ? hopLimit : destination.IsMulticast ? (byte)1 : Namespace.SettingsOf(route.Device!).HopLimit;
        IPv6Header.Write(packet, trafficClass, 0, payload.Length, nextHeader, limit, route.Source, destination);
        payload.CopyTo(packet[IPv6Header.Size..]);
        frame.Trace = trace;
        frame.Mark = mark;
        return Send(frame, route, discovery, loop);
    }

    internal Errno SendUdp(UdpSocket socket, IPv6Address address, ushort port, Span<byte> datagram, PacketTrace? trace)
    {
        IPv6Address source = socket.LocalAddress.IsIPv6 ? socket.LocalAddress.IPv6 : default;
        OutputRoute<IPv6Address> route = RouteOutput(
            address, source, socket.Device, socket.Mark, socket.TrafficClass, TransportKey.Of(IPProtocol.Udp, socket.LocalPort, port));
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        if (address.IsUnspecified)
        {
            address = IPv6Address.Loopback;
        }

        uint pseudo = InternetChecksum.PseudoHeader(route.Source, address, IPProtocol.Udp, datagram.Length);
        UdpHeader.Write(datagram, socket.LocalPort, port, pseudo);
        return SendPacket(
            route, address, IPProtocol.Udp, datagram, socket.Ttl, socket.TrafficClass, trace, socket.Discovery, socket.Mark,
            loop: address.IsMulticast);
    }

    private OutputRoute<IPv6Address> Along(RouteInfo<IPv6Address> route, IPv6Address destination, IPv6Address source, ulong transport)
    {
        NextHop<IPv6Address> hop = route.Group is null ? route.NextHop : route.Select(FlowHash(source, destination, transport));
        if (_exceptions is not null)
        {
            hop = _exceptions.Redirected(destination, hop);
        }

        IPv6Address chosen = source;
        if (chosen.IsUnspecified)
        {
            chosen = !route.PreferredSource.IsUnspecified ? route.PreferredSource : SelectSource(hop.Device, destination);
        }

        return chosen.IsUnspecified
            ? OutputRoute<IPv6Address>.Fail(Errno.EADDRNOTAVAIL)
            : new OutputRoute<IPv6Address>(Errno.None, route, hop, hop.Device, chosen, RouteType.Unicast);
    }

    /// <summary>What is on a link only: the device given, else that of the first link with IPv6.</summary>
    private OutputRoute<IPv6Address> RouteOnLink(IPv6Address destination, IPv6Address source, NetDevice? device)
    {
        device ??= FirstLink(source);
        if (device?.IPv6 is not { IsEnabled: true } own)
        {
            return OutputRoute<IPv6Address>.Fail(Errno.ENETUNREACH);
        }

        IPv6Address chosen = source.IsUnspecified ? SelectSource(device, destination) : source;
        RouteType type = destination.IsMulticast ? RouteType.Multicast : RouteType.Unicast;
        if (chosen.IsUnspecified)
        {
            return OutputRoute<IPv6Address>.Fail(Errno.EADDRNOTAVAIL);
        }

        NextHop<IPv6Address> hop = _exceptions?.Redirected(destination, own.OnLink) ?? own.OnLink;
        return new OutputRoute<IPv6Address>(Errno.None, null, hop, device, chosen, type);
    }

    private NetDevice? FirstLink(IPv6Address source)
    {
        foreach (NetDevice device in Namespace.Devices)
        {
            if (!device.IsLoopback && device.IPv6 is { IsEnabled: true } && (source.IsUnspecified || Find(device, source) is not null))
            {
                return device;
            }
        }

        return null;
    }

    private RouteInfo<IPv6Address>? ResolveVia(in FlowKey<IPv6Address> flow, NetDevice device, bool strict)
    {
        RouteInfo<IPv6Address>? best = Routes.Resolve(flow);
        if (best is not null && (best.Type is not RouteType.Unicast || ReferenceEquals(best.NextHop.Device, device)))
        {
            return best;
        }

        // The longest prefix that leaves by the device.
        for (int length = 128; length >= 0; length--)
        {
            for (Route<IPv6Address>? route = Routes.Main.Find(new Prefix<IPv6Address>(flow.Destination, length));
                route is not null;
                route = route.Next)
            {
                if (route.IsUsable && ReferenceEquals(route.NextHop.Device, device))
                {
                    return new RouteInfo<IPv6Address>(route);
                }
            }
        }

        return strict ? null : best;
    }

    private Errno SendOut(
        Frame frame, in OutputRoute<IPv6Address> way, IPv6Address destination, HookTable? hooks, PathMtuDiscovery discovery, bool loop)
    {
        NetDevice device = way.Device!;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.Postrouting, AddressFamily.IPv6, frame, null, device))
        {
            return Errno.None;
        }

        if (way.Type == RouteType.Local)
        {
            EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv6);
            Namespace.Loopback.Transmit(frame);
            return Errno.None;
        }

        if (loop && device.IPv6 is { } own && own.Listener.IsMember(destination))
        {
            // Who sends to a group that is listened to here hears it too (ip6_finish_output2).
            Frame copy = frame.Clone();
            Namespace.Loopback.Transmit(copy);
        }

        if (destination.IsMulticast && frame.Bytes[NetworkOffset + IPv6Header.HopLimitOffset] == 0)
        {
            Namespace.Drop(frame, DropReason.TtlExpired);
            return Errno.None;
        }

        int mtu = discovery == PathMtuDiscovery.Probe ? MtuOf(null, device) : PathMtu(destination, way);
        if (frame.Length - NetworkOffset > mtu)
        {
            if (discovery is PathMtuDiscovery.Do or PathMtuDiscovery.Probe)
            {
                Namespace.Drop(frame, DropReason.PacketTooBig);
                return Errno.EMSGSIZE;
            }

            Fragment(frame, way.Hop!, destination, mtu);
            return Errno.None;
        }

        SendTo(frame, way.Hop!, destination);
        return Errno.None;
    }

    /// <summary>
    /// Splits a packet of our own, which has no extension headers, for a path (RFC 8200 section 4.5; ip6_fragment). Only
    /// the source may do that. Takes ownership.
    /// </summary>
    private void Fragment(Frame frame, NextHop<IPv6Address> hop, IPv6Address destination, int mtu)
    {
        ReadOnlySpan<byte> packet = frame.Bytes[NetworkOffset..];
        int payloadLength = packet.Length - IPv6Header.Size;
        int step = (mtu - IPv6Header.Size - IPv6Extensions.FragmentHeaderSize) & ~7;
        IPProtocol next = (IPProtocol)packet[IPv6Header.NextHeaderOffset];
        uint identification = NextIdentification();
        for (int offset = 0; offset < payloadLength; offset += step)
        {
            int size = Math.Min(step, payloadLength - offset);
            Frame piece = Namespace.Node.Emulation.Frames.Rent(
                NetworkOffset + IPv6Header.Size + IPv6Extensions.FragmentHeaderSize + size);
            Span<byte> bytes = piece.Bytes[NetworkOffset..];
            frame.Bytes[..NetworkOffset].CopyTo(piece.Bytes);
            packet[..IPv6Header.Size].CopyTo(bytes);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(
                bytes[IPv6Header.PayloadLengthOffset..], (ushort)(IPv6Extensions.FragmentHeaderSize + size));
            bytes[IPv6Header.NextHeaderOffset] = (byte)IPProtocol.Fragment;
            IPv6Extensions.WriteFragment(bytes[IPv6Header.Size..], next, offset, offset + size < payloadLength, identification);
            packet.Slice(IPv6Header.Size + offset, size).CopyTo(bytes[(IPv6Header.Size + IPv6Extensions.FragmentHeaderSize)..]);
            piece.Flags = frame.Flags & FrameFlags.LocallyGenerated;
            piece.Mark = frame.Mark;
            piece.Trace = frame.Trace?.Branch();
            SendTo(piece, hop, destination);
        }

        // The packet lives on in its fragments.
        frame.Deliver();
    }
}
