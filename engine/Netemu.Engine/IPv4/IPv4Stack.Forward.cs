using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>The way through (net/ipv4/ip_forward.c): TTL, MTU, redirect, Forward, Postrouting, neighbour.</summary>
public sealed partial class IPv4Stack
{
    /// <summary>Passes a packet on; <paramref name="optionsSeen"/> says that its options have been looked at, as those of a source route are first.</summary>
    private void RouteForward(
        Frame frame, NetDevice input, RouteInfo<IPv4Address> route, IPv4Address source, IPv4Address destination, bool optionsSeen = false)
    {
        InterfaceSettings settings = Namespace.SettingsOf(input);
        if (!settings.Forwarding)
        {
            NoRoute(frame, input, DropReason.NoRoute);
            return;
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        NextHop<IPv4Address> hop = route.Group is null ? route.NextHop : route.Select(FlowHash(packet));
        bool goesBack = ReferenceEquals(hop.Device, input);
        if (!ValidateSource(settings, source, destination, input, goesBack, out bool onLink, out DropReason reason))
        {
            Namespace.Drop(frame, reason);
            return;
        }

        if (packet[0] != NoOptions && !optionsSeen)
        {
            if (!HasGoodOptionsToForward(frame, input, route, hop, destination))
            {
                return;
            }

            packet = frame.Bytes[NetworkOffset..];
        }

        if (frame.Type != PacketType.Host)
        {
            Namespace.Drop(frame, DropReason.UnicastInLinkLayerMulticast);
            return;
        }

        if (packet[IPv4Header.TtlOffset] <= 1)
        {
            Icmp.SendError(frame, IcmpType.TimeExceeded, IcmpCode.TtlExceeded, 0);
            Namespace.Drop(frame, DropReason.TtlExpired);
            return;
        }

        if (_exceptions is not null)
        {
            hop = _exceptions.Redirected(destination, hop);
        }

        NetDevice output = hop.Device!;
        int mtu = route.Mtu > 0 ? route.Mtu : output.Mtu;
        if (packet.Length > mtu && (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..]) & IPv4Header.DontFragmentFlag) != 0)
        {
            Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.FragmentationNeeded, (uint)mtu);
            Namespace.Drop(frame, DropReason.PacketTooBig);
            return;
        }

        if ((frame.Flags & FrameFlags.Shared) != 0)
        {
            frame.EnsureWritable();
            packet = frame.Bytes[NetworkOffset..];
        }

        DecrementTtl(ref packet[0]);
        if (ReferenceEquals(output, input) && SendsRedirects(output) && onLink && (hop.HasGateway || hop.IsDirect) && !IsSourceRouted(packet))
        {
            Icmp.SendRedirect(frame, hop.HasGateway ? hop.Gateway : destination, source);
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null
            && (!hooks.Pass(Namespace, HookPoint.Forward, AddressFamily.IPv4, frame, input, output)
                || !hooks.Pass(Namespace, HookPoint.Postrouting, AddressFamily.IPv4, frame, input, output)))
        {
            return;
        }

        if (packet.Length > mtu)
        {
            Fragment(frame, output, hop, destination, mtu);
            return;
        }

        SendTo(frame, hop, destination);
    }

    /// <summary>
    /// Sends to the next hop: resolves the gateway, or the destination itself on a link without one. Takes ownership.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SendTo(Frame frame, NextHop<IPv4Address> hop, IPv4Address destination)
    {
        NetDevice device = hop.Device!;
        if (!device.UsesNeighbours)
        {
            EthernetHeader.Write(frame.Bytes, NextHopAddress.Encode(device, hop, destination), device.Mac, EtherType.IPv4);
            device.Transmit(frame);
            return;
        }

        NeighbourEntry<IPv4Address>? neighbour;
        if (hop.HasGateway)
        {
            neighbour = hop.Neighbour;
            if (neighbour is null || neighbour.IsDead)
            {
                neighbour = Neighbours.FindOrCreate(device, hop.Gateway);
                hop.Neighbour = neighbour;
            }
        }
        else if (hop.IsDirect)
        {
            neighbour = Neighbours.FindOrCreate(device, destination);
        }
        else
        {
            SendVia(frame, device, hop.ViaIPv6);
            return;
        }

        if (frame.Trace is not null)
        {
            TraceNeighbour(frame, neighbour);
        }

        Neighbours.Output(neighbour, frame);
    }

    /// <summary>The gateway is an IPv6 neighbour (ip_neigh_for_gw): its table knows the MAC. Takes ownership.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendVia(Frame frame, NetDevice device, IPv6Address gateway)
    {
        NeighbourTable<IPv6Address> neighbours = Namespace.IPv6.Neighbours;
        NeighbourEntry<IPv6Address> neighbour = neighbours.FindOrCreate(device, gateway);
        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Neighbour, neighbour.Describe(), device);
        }

        neighbours.Output(neighbour, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceNeighbour(Frame frame, NeighbourEntry<IPv4Address> neighbour) =>
        frame.Trace!.Add(
            Namespace, TraceStage.Neighbour, neighbour.Describe(), neighbour.Device);

    /// <summary>
    /// TTL - 1; the checksum's first byte covers it, so it gains one there, and never becomes 0xFFFF (RFC 1624, ip_decrease_ttl).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecrementTtl(ref byte packet)
    {
        const uint NegativeZero = 0xFFFF;
        Unsafe.Add(ref packet, IPv4Header.TtlOffset)--;
        ref byte checksum = ref Unsafe.Add(ref packet, IPv4Header.ChecksumOffset);
        uint sum = Unsafe.ReadUnaligned<ushort>(ref checksum) + (BitConverter.IsLittleEndian ? 0x0001u : 0x0100u);
        Unsafe.WriteUnaligned(ref checksum, (ushort)(sum + (sum >= NegativeZero ? 1u : 0u)));
    }

    /// <summary>Who chose the way itself is not told of a better one (ip_forward).</summary>
    private static bool IsSourceRouted(ReadOnlySpan<byte> packet) =>
        packet[0] != NoOptions && IPv4Options.FindSourceRoute(packet[..((packet[0] & 0xF) * 4)]) != 0;

    private bool SendsRedirects(NetDevice device) =>
        Namespace.Settings.All.SendRedirects || Namespace.SettingsOf(device).SendRedirects;

    /// <summary>
    /// The hash that picks a member of a group (fib_multipath_hash): addresses; with policy 1 protocol and ports; with policy 2
    /// the addresses inside a tunnel. An ICMP error follows the flow that it tells of (ip_multipath_l3_keys).
    /// </summary>
    internal uint FlowHash(ReadOnlySpan<byte> packet)
    {
        int policy = Namespace.Settings.FibMultipathHashPolicy;
        ReadOnlySpan<byte> keys = policy == 1 ? packet : Inner(packet, tunnels: policy == 2);
        return HashFlow(
            IPv4Address.Read(keys[IPv4Header.SourceOffset..]),
            IPv4Address.Read(keys[IPv4Header.DestinationOffset..]),
            policy == 1 ? TransportKey.OfPacket(packet) : 0);
    }

    private uint HashFlow(IPv4Address source, IPv4Address destination, ulong transport) =>
        MultipathHash.Of(source, destination, transport, Namespace.MultipathSecret);

    /// <summary>The packet inside an ICMP error or, if wanted, inside an IPIP or GRE tunnel; else the packet itself.</summary>
    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> packet, bool tunnels)
    {
        int offset = (packet[0] & 0xF) * 4;
        offset += (IPProtocol)packet[IPv4Header.ProtocolOffset] switch
        {
            IPProtocol.Icmp when packet.Length > offset && packet[offset] is 3 or 4 or 5 or 11 or 12 => IcmpHeader.Size,
            IPProtocol.IPv4 when tunnels => 0,
            IPProtocol.Gre when tunnels && packet.Length > offset + 4 && packet[offset + 2] == 0x08 && packet[offset + 3] == 0 =>
                4 + (4 * int.PopCount(packet[offset] & 0xB0)),
            _ => packet.Length,
        };
        return packet.Length >= offset + IPv4Header.MinimumSize && packet[offset] >> 4 == 4 ? packet[offset..] : packet;
    }
}
