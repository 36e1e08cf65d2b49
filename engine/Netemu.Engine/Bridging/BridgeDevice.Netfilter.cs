using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Bridging;

/// <summary>
/// bridge-nf-call-iptables and -ip6tables (net/bridge/br_netfilter_hooks.c): IP packets that a bridge handles pass the IP
/// hooks of its namespace, with the bridge as their device and the port as what `-m physdev` asks for.
/// </summary>
/// <remarks>
/// <code>
/// port -> Prerouting -> [destination changed? neighbour or up] -> learn, FDB -> Forward -> Postrouting -> port
///                                                                         \-> up: IP does not ask Prerouting again
/// </code>
/// Tagged frames and ARP pass by (bridge-nf-filter-vlan-tagged and bridge-nf-call-arptables are 0).
/// </remarks>
public sealed partial class BridgeDevice
{
    /// <summary>A datagram that Prerouting wanted whole goes on there.</summary>
    internal void ResumeAtPrerouting(Frame frame)
    {
        BridgePort? port = PortOf(frame);
        if (port is null)
        {
            Drop(frame, DropReason.BridgeNoForwardPort);
            return;
        }

        frame.Input = port.Device;
        HandleWithNetfilter(frame, port);
    }

    /// <summary>br_nf_pre_routing. Takes ownership.</summary>
    private void HandleWithNetfilter(Frame frame, BridgePort port)
    {
        HookTable? hooks = Namespace.Hooks;
        if (hooks is null || FamilyOf(frame) is not AddressFamily family)
        {
            HandleFinish(frame, port, SourceOf(frame), DestinationOf(frame));
            return;
        }

        if (!IsSane(frame, family))
        {
            port.Device.Drop(frame, family == AddressFamily.IPv4 ? DropReason.MalformedIPv4 : DropReason.MalformedIPv6);
            return;
        }

        frame.PhysicalInput = port.Device.Index;
        InternetAddress before = IPDestinationOf(frame, family);
        if (!hooks.Pass(Namespace, HookPoint.Prerouting, family, frame, this, null))
        {
            return;
        }

        if (IPDestinationOf(frame, family) != before && !Redirect(frame, port, family))
        {
            return;
        }

        HandleFinish(frame, port, SourceOf(frame), DestinationOf(frame));
    }

    /// <summary>
    /// br_nf_pre_routing_finish for a packet whose destination was changed: it is bridged to the neighbour if the way leads out
    /// of this bridge again, and goes up to be routed if not. False if it waits for the neighbour.
    /// </summary>
    private bool Redirect(Frame frame, BridgePort port, AddressFamily family)
    {
        frame.EnsureWritable();
        InternetAddress moved = IPDestinationOf(frame, family);
        MacAddress? neighbour = family == AddressFamily.IPv4
            ? Resolve(
                frame, port, moved.IPv4, Namespace.IPv4.RouteOutput(moved.IPv4, default, null, frame.Mark), Namespace.IPv4.Neighbours)
            : Resolve(
                frame, port, moved.IPv6, Namespace.IPv6.RouteOutput(moved.IPv6, default, null, frame.Mark), Namespace.IPv6.Neighbours);
        if (neighbour is null)
        {
            return false;
        }

        neighbour.Value.Write(frame.Bytes);
        return true;
    }

    /// <summary>The MAC to bridge or deliver to; null if the neighbour table has taken the frame.</summary>
    private MacAddress? Resolve<TAddress>(
        Frame frame, BridgePort port, TAddress destination, in OutputRoute<TAddress> way, NeighbourTable<TAddress> neighbours)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (way.Error != Errno.None || way.Type != RouteType.Unicast || !ReferenceEquals(way.Device, this))
        {
            frame.Trace?.Add(Namespace, TraceStage.Bridge, $"{Name}: bridge-nf sends {destination} up to be routed", this);
            return Mac;
        }

        NeighbourEntry<TAddress> entry = neighbours.FindOrCreate(this, way.Hop!.HasGateway ? way.Hop.Gateway : destination);
        if (entry.State is not (NudState.None or NudState.Incomplete or NudState.Failed))
        {
            frame.Trace?.Add(Namespace, TraceStage.Bridge, $"{Name}: bridge-nf bridges {destination} to {entry.Mac}", this);
            return entry.Mac;
        }

        if (port.Learning)
        {
            Fdb.Learn(SourceOf(frame), port);
        }

        frame.PhysicalInput = -frame.PhysicalInput;
        neighbours.Output(entry, frame);
        return null;
    }

    /// <summary>
    /// br_nf_pre_routing_finish_bridge_slow: the neighbour is known now. The source became the bridge's own MAC, which Linux
    /// puts back.
    /// </summary>
    private void ResumeWithNeighbour(Frame frame)
    {
        frame.PhysicalInput = -frame.PhysicalInput;
        BridgePort? port = PortOf(frame);
        if (port is null)
        {
            Drop(frame, DropReason.BridgeNoForwardPort);
            return;
        }

        frame.Input = port.Device;
        Forward(frame, DestinationOf(frame), port, 0);
    }

    /// <summary>br_nf_forward_ip and br_nf_post_routing; false if a hook has ended the frame.</summary>
    private bool PassForward(Frame frame, BridgePort port)
    {
        HookTable? hooks = Namespace.Hooks;
        if (hooks is null || FamilyOf(frame) is not AddressFamily family)
        {
            return true;
        }

        PacketFilter filter = Namespace.Netfilter;
        filter.PhysicalOutput = port.Device;
        bool passes = hooks.Pass(Namespace, HookPoint.Forward, family, frame, this, this)
            && hooks.Pass(Namespace, HookPoint.Postrouting, family, frame, null, this);
        filter.PhysicalOutput = null;
        return passes;
    }

    /// <summary>A copy for one more port; a packet that netfilter knows stays in its connection.</summary>
    private static Frame Copy(Frame frame)
    {
        Frame copy = frame.Clone();
        if (frame.PhysicalInput != 0)
        {
            copy.Input = frame.Input;
            copy.PhysicalInput = frame.PhysicalInput;
            copy.Connection = frame.Connection;
            copy.ConnectionState = frame.ConnectionState;
        }

        return copy;
    }

    /// <summary>Longer than what can have come in by the port: a datagram that was put together for netfilter.</summary>
    private bool WasDefragmented(Frame frame, BridgePort ingress) =>
        frame.PhysicalInput != 0 && FamilyOf(frame) == AddressFamily.IPv4 && ingress.Device.IsTooLong(frame);

    /// <summary>The family of a packet that netfilter is to see; null for all other frames.</summary>
    private AddressFamily? FamilyOf(Frame frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]) switch
    {
        EtherType.IPv4 when Namespace.Settings.BridgeNetfilterCallIptables => AddressFamily.IPv4,
        EtherType.IPv6 when Namespace.Settings.BridgeNetfilterCallIp6tables => AddressFamily.IPv6,
        _ => null,
    };

    private BridgePort? PortOf(Frame frame) =>
        Namespace.FindDevice(frame.PhysicalInput) is { } device ? FindPort(device) : null;

    /// <summary>br_validate_ipv4 and br_validate_ipv6: what is no packet is dropped, padding is cut.</summary>
    private static bool IsSane(Frame frame, AddressFamily family)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        int length;
        if (family == AddressFamily.IPv4)
        {
            if (IPv4Header.TryParse(packet, out IPv4Header header) != WireError.None)
            {
                return false;
            }

            length = header.TotalLength;
        }
        else
        {
            if (IPv6Header.TryParse(packet, out IPv6Header header) != WireError.None)
            {
                return false;
            }

            length = IPv6Header.Size + header.PayloadLength;
        }

        if (EthernetHeader.Size + length < frame.Length)
        {
            frame.Trim(EthernetHeader.Size + length);
        }

        return true;
    }

    private static MacAddress DestinationOf(Frame frame) => new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes) >> 16);

    private static MacAddress SourceOf(Frame frame) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes[4..]) & 0xFFFF_FFFF_FFFF);

    private static InternetAddress IPDestinationOf(Frame frame, AddressFamily family)
    {
        ReadOnlySpan<byte> packet = frame.Bytes[EthernetHeader.Size..];
        return family == AddressFamily.IPv4
            ? new InternetAddress(IPv4Address.Read(packet[IPv4Header.DestinationOffset..]))
            : new InternetAddress(IPv6Address.Read(packet[IPv6Header.DestinationOffset..]));
    }
}
