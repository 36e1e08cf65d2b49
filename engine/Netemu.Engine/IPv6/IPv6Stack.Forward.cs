using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>The way through (ip6_forward): hop limit, redirect or scope check, MTU, Forward, Postrouting, neighbour.</summary>
public sealed partial class IPv6Stack
{
    private void Forward(Frame frame, NetDevice input, RouteInfo<IPv6Address> route)
    {
        if (!Namespace.Settings.All.ForwardingIPv6)
        {
            // Only "all" counts here; that of a device makes it speak as a router.
            Namespace.Drop(frame, DropReason.ForwardingDisabled);
            return;
        }

        if (frame.Type != PacketType.Host)
        {
            Namespace.Drop(frame, DropReason.UnicastInLinkLayerMulticast);
            return;
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPv6Header header = new(packet);
        IPv6Address destination = header.Destination;
        if (header.HopLimit <= 1)
        {
            Icmp.SendError(frame, Icmpv6Type.TimeExceeded, Icmpv6Code.HopLimitExceeded, 0);
            Namespace.Drop(frame, DropReason.TtlExpired);
            return;
        }

        if (Namespace.Settings.All.ProxyNdp && IsForProxy(frame, input, destination))
        {
            return;
        }

        NextHop<IPv6Address> hop = route.Group is null ? route.NextHop : route.Select(FlowHash(packet));
        if (_exceptions is not null)
        {
            hop = _exceptions.Redirected(destination, hop);
        }

        NetDevice output = hop.Device!;
        if (ReferenceEquals(output, input))
        {
            Ndp.Redirects.Send(frame, output, hop.HasGateway ? hop.Gateway : destination);
        }
        else if (!IsForwardable(frame, header.Source))
        {
            return;
        }

        int mtu = Math.Max(MtuOf(route, output), IPv6Interface.MinimumMtu);
        if (packet.Length > mtu)
        {
            Icmp.SendError(frame, Icmpv6Type.PacketTooBig, 0, (uint)mtu);
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

    /// <summary>"This check is security critical" (ip6_forward): what a source must not be on its way to another link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsForwardable(Frame frame, IPv6Address source) => IsOrdinary(source.High) || IsForwardableSlow(frame, source);

    /// <summary>Global unicast and unique local addresses, which is nearly everything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOrdinary(ulong high) => high >> 61 == 1 || high >> 57 == 0x7E;

    private bool IsForwardableSlow(Frame frame, IPv6Address source)
    {
        if (source.IsUnspecified || source.IsLoopback || source.IsMulticast)
        {
            Namespace.Drop(frame, DropReason.MartianSource);
            return false;
        }

        if (source.IsLinkLocal)
        {
            // RFC 4007 section 9: it would leave its zone.
            Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.BeyondScope, 0);
            Namespace.Drop(frame, DropReason.BeyondScope);
            return false;
        }

        return true;
    }

    /// <summary>
    /// ip6_forward_proxy_check: neighbour discovery for a proxied address is for the proxy itself, and what is for a
    /// proxied link-local address can't be forwarded. True if the packet has ended.
    /// </summary>
    private bool IsForProxy(Frame frame, NetDevice input, IPv6Address destination)
    {
        if (!Neighbours.IsProxied(input, destination))
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame.Bytes[NetworkOffset..];
        if (IPv6Extensions.TryFindUpperLayer(packet, out IPProtocol protocol, out int offset, out _)
            && protocol == IPProtocol.Icmpv6 && offset < packet.Length
            && (Icmpv6Type)packet[offset] is >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.Redirect)
        {
            DeliverLocally(frame, input);
            return true;
        }

        if (destination.IsLinkLocal)
        {
            Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
            Namespace.Drop(frame, DropReason.HostUnreachable);
            return true;
        }

        return false;
    }

    /// <summary>The route's own MTU, or the IPv6 MTU of the device.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MtuOf(RouteInfo<IPv6Address>? route, NetDevice device) =>
        route is { Mtu: > 0 } ? route.Mtu : device.IPv6?.Mtu ?? device.Mtu;

    /// <summary>Sends to the next hop: resolves the gateway, or the destination on a link without one. Takes ownership.</summary>
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

        NeighbourEntry<IPv6Address>? neighbour;
        if (hop.HasGateway)
        {
            neighbour = hop.Neighbour;
            if (neighbour is null || neighbour.IsDead)
            {
                neighbour = Neighbours.FindOrCreate(device, hop.Gateway);
                hop.Neighbour = neighbour;
            }
        }
        else
        {
            neighbour = Neighbours.FindOrCreate(device, destination);
        }

        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Neighbour, neighbour.Describe(), device);
        }

        Neighbours.Output(neighbour, frame);
    }

    /// <summary>The hash that picks a member of a group: addresses, and with policy 1 the transport (rt6_multipath_hash).</summary>
    private uint FlowHash(ReadOnlySpan<byte> packet) => FlowHash(
        IPv6Address.Read(packet[IPv6Header.SourceOffset..]),
        IPv6Address.Read(packet[IPv6Header.DestinationOffset..]),
        TransportKey.OfPacketIPv6(packet));

    private uint FlowHash(IPv6Address source, IPv6Address destination, ulong transport = 0) => MultipathHash.Of(
        source, destination, Namespace.Settings.FibMultipathHashPolicyIPv6 == 1 ? transport : 0, Namespace.MultipathSecret);
}
