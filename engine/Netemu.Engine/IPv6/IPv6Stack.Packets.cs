using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>The way of a packet (net/ipv6/ip6_input.c, ip6_output.c).</summary>
public sealed partial class IPv6Stack
{
    private const int NetworkOffset = EthernetHeader.Size;

    /// <summary>Where a packet of this namespace would go: the local errno, or device, next hop and source.</summary>
    public OutputRoute<IPv6Address> RouteOutput(IPv6Address destination, IPv6Address source = default, NetDevice? device = null)
    {
        if (!source.IsUnspecified && !IsLocal(source))
        {
            return OutputRoute<IPv6Address>.Fail(Errno.EADDRNOTAVAIL);
        }

        if (destination.IsMulticast || (destination.IsLinkLocal && !IsLocal(destination)))
        {
            if (device is null)
            {
                return OutputRoute<IPv6Address>.Fail(destination.IsLinkLocal ? Errno.EINVAL : Errno.ENETUNREACH);
            }

            IPv6Address own = source.IsUnspecified ? SelectSource(device, destination) : source;
            RouteType type = destination.IsMulticast ? RouteType.Multicast : RouteType.Unicast;
            return new OutputRoute<IPv6Address>(
                Errno.None, null, new NextHop<IPv6Address>(device, default, hasGateway: false), device, own, type);
        }

        RouteInfo<IPv6Address>? route = Routes.Resolve(destination);
        switch (route?.Type)
        {
            case null:
                return OutputRoute<IPv6Address>.Fail(Errno.ENETUNREACH);
            case RouteType.Local:
                return new OutputRoute<IPv6Address>(
                    Errno.None, route, route.NextHop, Namespace.Loopback, source.IsUnspecified ? destination : source, RouteType.Local);
            case RouteType.Unicast:
                NextHop<IPv6Address> hop = route.Group is null ? route.NextHop : route.Select(FlowHash(source, destination));
                IPv6Address chosen = source;
                if (chosen.IsUnspecified)
                {
                    chosen = !route.PreferredSource.IsUnspecified && !route.PreferredSource.IsLinkLocal
                        ? route.PreferredSource
                        : SelectSource(hop.Device, destination);
                }

                return new OutputRoute<IPv6Address>(Errno.None, route, hop, hop.Device, chosen, RouteType.Unicast);
            case RouteType.Prohibit:
                return OutputRoute<IPv6Address>.Fail(Errno.EACCES);
            case RouteType.Blackhole:
                return OutputRoute<IPv6Address>.Fail(Errno.EINVAL);
            default:
                return OutputRoute<IPv6Address>.Fail(Errno.EHOSTUNREACH);
        }
    }

    /// <summary>A frame of EtherType IPv6. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        if (frame.Type == PacketType.OtherHost)
        {
            device.Drop(frame, DropReason.OtherHost);
            return;
        }

        if (!IsEnabled(device))
        {
            device.Drop(frame, DropReason.IPv6Disabled);
            return;
        }

        WireError error = IPv6Header.TryParse(frame.Bytes[NetworkOffset..], out IPv6Header header);
        if (error != WireError.None)
        {
            device.Drop(frame, DropReason.MalformedIPv6);
            return;
        }

        frame.Flags &= ~FrameFlags.LocallyGenerated;
        int length = NetworkOffset + IPv6Header.Size + header.PayloadLength;
        if (length < frame.Length)
        {
            frame.Trim(length);
        }

        IPv6Address source = header.Source;
        IPv6Address destination = header.Destination;
        if (source.IsMulticast || destination.IsUnspecified || (!device.IsLoopback && (source.IsLoopback || destination.IsLoopback)))
        {
            Namespace.Drop(frame, source.IsMulticast || source.IsLoopback ? DropReason.MartianSource : DropReason.MartianDestination);
            return;
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.Prerouting, AddressFamily.IPv6, frame, device, null))
        {
            return;
        }

        RouteInput(frame, device);
    }

    /// <summary>Sends a packet of this namespace, complete 14 bytes into the frame. Takes ownership.</summary>
    internal Errno Send(Frame frame, in OutputRoute<IPv6Address> route)
    {
        frame.Flags |= FrameFlags.TransportChecked | FrameFlags.LocallyGenerated;
        frame.Input = null;
        IPv6Address destination = IPv6Address.Read(frame.Bytes[(NetworkOffset + IPv6Header.DestinationOffset)..]);
        NetDevice device = route.Device!;

        // As for IPv4: no address yet, rather than what the buffer held.
        EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv6);
        HookTable? hooks = Namespace.Hooks;
        OutputRoute<IPv6Address> way = route;
        if (hooks is not null)
        {
            if (!hooks.Pass(Namespace, HookPoint.LocalOut, AddressFamily.IPv6, frame, null, device))
            {
                return Errno.EPERM;
            }

            IPv6Address now = IPv6Address.Read(frame.Bytes[(NetworkOffset + IPv6Header.DestinationOffset)..]);
            if (now != destination)
            {
                // Translated: the packet is routed again (ip6_route_me_harder).
                destination = now;
                way = RouteOutput(destination);
                if (way.Error != Errno.None)
                {
                    Namespace.Drop(frame, DropReason.NoRoute);
                    return way.Error;
                }

                device = way.Device!;
            }

            if (!hooks.Pass(Namespace, HookPoint.Postrouting, AddressFamily.IPv6, frame, null, device))
            {
                return Errno.None;
            }
        }

        if (way.Type == RouteType.Local)
        {
            EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv6);
            Namespace.Loopback.Transmit(frame);
            return Errno.None;
        }

        if (frame.Length - NetworkOffset > PathMtu(destination, device))
        {
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return Errno.EMSGSIZE;
        }

        SendTo(frame, way.Hop!, destination);
        return Errno.None;
    }

    /// <summary>Builds and sends a packet from an upper-layer payload. Copies the payload.</summary>
    internal Errno SendPacket(
        in OutputRoute<IPv6Address> route,
        IPv6Address destination,
        IPProtocol nextHeader,
        ReadOnlySpan<byte> payload,
        byte hopLimit,
        byte trafficClass,
        PacketTrace? trace)
    {
        if (payload.Length > ushort.MaxValue)
        {
            return Errno.EMSGSIZE;
        }

        Frame frame = Namespace.Node.Emulation.Frames.Rent(NetworkOffset + IPv6Header.Size + payload.Length);
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        byte limit = hopLimit == 0 ? Namespace.SettingsOf(route.Device!).HopLimit : hopLimit;
        IPv6Header.Write(packet, trafficClass, 0, payload.Length, nextHeader, limit, route.Source, destination);
        payload.CopyTo(packet[IPv6Header.Size..]);
        frame.Trace = trace;
        return Send(frame, route);
    }

    internal Errno SendUdp(UdpSocket socket, IPv6Address address, ushort port, Span<byte> datagram, PacketTrace? trace)
    {
        IPv6Address source = socket.LocalAddress.IsIPv6 ? socket.LocalAddress.IPv6 : default;
        OutputRoute<IPv6Address> route = RouteOutput(address, source, socket.Device);
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        uint pseudo = InternetChecksum.PseudoHeader(route.Source, address, IPProtocol.Udp, datagram.Length);
        UdpHeader.Write(datagram, socket.LocalPort, port, pseudo);
        return SendPacket(route, address, IPProtocol.Udp, datagram, socket.Ttl, socket.TrafficClass, trace);
    }

    private uint FlowHash(IPv6Address source, IPv6Address destination, ulong transport = 0) => MultipathHash.Of(
        source, destination, Namespace.Settings.FibMultipathHashPolicyIPv6 == 1 ? transport : 0, Namespace.MultipathSecret);

    private void RouteInput(Frame frame, NetDevice device)
    {
        IPv6Header header = new(frame.Bytes[NetworkOffset..]);
        IPv6Address destination = header.Destination;
        if (destination.IsMulticast)
        {
            if (IsMember(destination))
            {
                DeliverLocally(frame, device);
            }
            else
            {
                Namespace.Drop(frame, DropReason.NotMulticastMember);
            }

            return;
        }

        if (destination.IsLinkLocal)
        {
            if (_addresses.Exists(a => ReferenceEquals(a.Device, device) && a.Address == destination) || device.IsLoopback)
            {
                DeliverLocally(frame, device);
            }
            else
            {
                Namespace.Drop(frame, DropReason.NotLocalAddress);
            }

            return;
        }

        RouteInfo<IPv6Address>? route = Routes.Resolve(
            new FlowKey<IPv6Address>(header.Source, destination, device, null, frame.Mark, header.TrafficClass)
            {
                Transport = Routes.NeedsTransport ? TransportKey.OfPacketIPv6(frame.Bytes[NetworkOffset..]) : 0,
            });
        if (route is not null && frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Route, RouteText.Describe(Routes.Lookup(destination), destination));
        }

        switch (route?.Type)
        {
            case RouteType.Local:
                DeliverLocally(frame, device);
                break;
            case RouteType.Unicast:
                Forward(frame, device, route);
                break;
            case RouteType.Blackhole:
                Namespace.Drop(frame, DropReason.Blackhole);
                break;
            default:
                if (!Namespace.SettingsOf(device).ForwardingIPv6)
                {
                    Namespace.Drop(frame, DropReason.ForwardingDisabled);
                    break;
                }

                (byte code, DropReason reason) = route?.Type switch
                {
                    null => (Icmpv6Code.NoRoute, DropReason.NoRoute),
                    RouteType.Prohibit => (Icmpv6Code.AdministrativelyProhibited, DropReason.Prohibited),
                    _ => (Icmpv6Code.NoRoute, DropReason.HostUnreachable),
                };
                Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, code, 0);
                Namespace.Drop(frame, reason);
                break;
        }
    }

    private void Forward(Frame frame, NetDevice input, RouteInfo<IPv6Address> route)
    {
        if (!Namespace.SettingsOf(input).ForwardingIPv6)
        {
            Namespace.Drop(frame, DropReason.ForwardingDisabled);
            return;
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPv6Header header = new(packet);
        IPv6Address destination = header.Destination;
        if (frame.Type != PacketType.Host || header.Source.IsLinkLocal)
        {
            Namespace.Drop(frame, DropReason.UnicastInLinkLayerMulticast);
            return;
        }

        if (header.HopLimit <= 1)
        {
            Icmp.SendError(frame, Icmpv6Type.TimeExceeded, Icmpv6Code.HopLimitExceeded, 0);
            Namespace.Drop(frame, DropReason.TtlExpired);
            return;
        }

        NextHop<IPv6Address> hop = route.Group is null ? route.NextHop : route.Select(
            FlowHash(header.Source, destination, TransportKey.OfPacketIPv6(packet)));
        NetDevice output = hop.Device!;
        if (packet.Length > output.Mtu)
        {
            Icmp.SendError(frame, Icmpv6Type.PacketTooBig, 0, (uint)output.Mtu);
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return;
        }

        frame.EnsureWritable();
        frame.Bytes[NetworkOffset + IPv6Header.HopLimitOffset]--;
        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null
            && (!hooks.Pass(Namespace, HookPoint.Forward, AddressFamily.IPv6, frame, input, output)
                || !hooks.Pass(Namespace, HookPoint.Postrouting, AddressFamily.IPv6, frame, input, output)))
        {
            return;
        }

        SendTo(frame, hop, destination);
    }

    private void SendTo(Frame frame, NextHop<IPv6Address> hop, IPv6Address destination)
    {
        NetDevice device = hop.Device!;
        if (destination.IsMulticast)
        {
            EthernetHeader.Write(frame.Bytes, MacAddress.Multicast(destination), device.Mac, EtherType.IPv6);
            device.Transmit(frame);
            return;
        }

        if (!device.UsesNeighbours)
        {
            EthernetHeader.Write(frame.Bytes, NextHopAddress.Encode(device, hop, destination), device.Mac, EtherType.IPv6);
            device.Transmit(frame);
            return;
        }

        IPv6Address target = hop.HasGateway ? hop.Gateway : destination;
        NeighbourEntry<IPv6Address>? neighbour = hop.HasGateway ? hop.Neighbour : null;
        if (neighbour is null || neighbour.IsDead)
        {
            neighbour = Neighbours.FindOrCreate(device, target);
            hop.Neighbour = hop.HasGateway ? neighbour : null;
        }

        Neighbours.Output(neighbour, frame);
    }

    private bool IsMember(IPv6Address group) =>
        group == IPv6Address.AllNodes
        || (group == IPv6Address.AllRouters && Namespace.Settings.All.ForwardingIPv6)
        || _addresses.Exists(a => IPv6Address.SolicitedNode(a.Address) == group);

    private void DeliverLocally(Frame frame, NetDevice device)
    {
        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.LocalIn, AddressFamily.IPv6, frame, device, null))
        {
            return;
        }

        DispatchTransport(frame, device);
    }

    /// <summary>Hands a packet that LocalIn has passed to its protocol. Takes ownership.</summary>
    internal void DispatchTransport(Frame frame, NetDevice device)
    {
        IPv6Header header = new(frame.Bytes[NetworkOffset..]);
        Namespace.Node.Hash.AddBytes(header.Payload);
        bool taken = Namespace.RawOrNull is { } raw
            && raw.Deliver(AddressFamily.IPv6, header.NextHeader, header.Source, header.Destination, header.Payload);
        switch (header.NextHeader)
        {
            case IPProtocol.Icmpv6:
                Icmp.Receive(frame, device);
                break;
            case IPProtocol.Udp:
                ReceiveUdp(frame, header, device);
                break;
            case IPProtocol.Tcp:
                Namespace.Tcp.Receive(frame, device);
                break;
            case IPProtocol.NoNextHeader:
                frame.Deliver();
                break;
            case var _ when taken:
                frame.Deliver();
                break;
            default:
                Icmp.SendError(frame, Icmpv6Type.ParameterProblem, Icmpv6Code.UnrecognisedNextHeader, IPv6Header.NextHeaderOffset);
                Namespace.Drop(frame, DropReason.UnknownProtocol);
                break;
        }
    }

    private void ReceiveUdp(Frame frame, in IPv6Header header, NetDevice device)
    {
        if (UdpHeader.TryParse(header.Payload, out UdpHeader udp) != WireError.None)
        {
            Namespace.Drop(frame, DropReason.MalformedUdp);
            return;
        }

        // Over IPv6 the checksum is mandatory: a zero is an error too (RFC 8200 section 8.1).
        Span<byte> datagram = header.Payload[..udp.Length];
        uint pseudo = InternetChecksum.PseudoHeader(header.Source, header.Destination, IPProtocol.Udp, datagram.Length);
        if (udp.Checksum == 0 || InternetChecksum.Finish(InternetChecksum.Sum(datagram, pseudo)) != 0)
        {
            Namespace.Drop(frame, DropReason.BadUdpChecksum);
            return;
        }

        if (Namespace.Udp.FindEncapsulation(udp.DestinationPort) is { } encapsulation)
        {
            encapsulation.Receive(frame, device, NetworkOffset + IPv6Header.Size);
            return;
        }

        bool group = header.Destination.IsMulticast;
        if (Namespace.Udp.Deliver(header.Source, udp.SourcePort, header.Destination, udp.DestinationPort, device, datagram[UdpHeader.Size..], group))
        {
            frame.Deliver();
            return;
        }

        Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.PortUnreachable, 0);
        Namespace.Drop(frame, DropReason.NoSocket);
    }
}
