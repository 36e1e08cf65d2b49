using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>The way in (net/ipv6/ip6_input.c): checks, hop-by-hop options, Prerouting, route.</summary>
public sealed partial class IPv6Stack
{
    private const int NetworkOffset = EthernetHeader.Size;

    /// <summary>What the arrival hash covered of the packet already.</summary>
    private const int RunHash64 = RunHash.HeaderBytes - NetworkOffset;

    /// <summary>A frame of EtherType IPv6. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        if (frame.Type == PacketType.OtherHost)
        {
            device.Drop(frame, DropReason.OtherHost);
            return;
        }

        if (device.IPv6 is not { IsEnabled: true } own)
        {
            device.Drop(frame, DropReason.IPv6Disabled);
            return;
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        HookTable? hooks = Namespace.Hooks;

        // Most of what a bridge floods is for groups that nobody here listens to. No hook sees it, so it ends at once.
        if (frame.Type == PacketType.Multicast && hooks is null && IsForeignGroup(own, packet))
        {
            Namespace.Drop(frame, DropReason.NotMulticastMember);
            return;
        }

        WireError error = IPv6Header.TryParse(packet, out IPv6Header header);
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

        DropReason martian = CheckAddresses(header, frame, device);
        if (martian != DropReason.None)
        {
            Namespace.Drop(frame, martian);
            return;
        }

        if (header.NextHeader == IPProtocol.HopByHop && !HasGoodOptions(frame, IPv6Header.Size, hopByHop: true))
        {
            return;
        }

        if (hooks is not null && frame.PhysicalInput == 0
            && !hooks.Pass(Namespace, HookPoint.Prerouting, AddressFamily.IPv6, frame, device, null))
        {
            return;
        }

        RouteInput(frame, device);
    }

    /// <summary>Finds out what to do with a packet (ip6_route_input) and does it.</summary>
    internal void RouteInput(Frame frame, NetDevice device)
    {
        IPv6Header header = new(frame.Bytes[NetworkOffset..]);
        IPv6Address destination = header.Destination;
        if (destination.IsMulticast)
        {
            ReceiveMulticast(frame, device, destination);
            return;
        }

        if (destination.IsLinkLocal)
        {
            ReceiveLinkLocal(frame, device, destination);
            return;
        }

        RouteInfo<IPv6Address>? route = Routes.HasRules
            ? Routes.Resolve(new FlowKey<IPv6Address>(header.Source, destination, device, null, frame.Mark, header.TrafficClass)
            {
                Transport = Routes.NeedsTransport ? TransportKey.OfPacketIPv6(frame.Bytes[NetworkOffset..]) : 0,
            })
            : Routes.Resolve(destination);
        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Route, RouteText.Describe(Routes.Lookup(destination), destination));
        }

        switch (route?.Type)
        {
            case RouteType.Unicast:
                Forward(frame, device, route);
                break;
            case RouteType.Local or RouteType.Anycast:
                DeliverLocally(frame, device);
                break;
            case RouteType.Blackhole:
                Namespace.Drop(frame, DropReason.Blackhole);
                break;
            case RouteType.Prohibit:
                Reject(frame, Icmpv6Code.AdministrativelyProhibited, DropReason.Prohibited);
                break;
            case null:
                Reject(frame, Icmpv6Code.NoRoute, DropReason.NoRoute);
                break;
            default:
                Reject(frame, Icmpv6Code.NoRoute, DropReason.HostUnreachable);
                break;
        }
    }

    /// <summary>Checks the options of a header, and acts on those that are not known; false if the packet has ended.</summary>
    private bool HasGoodOptions(Frame frame, int offset, bool hopByHop)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        if (packet.Length < offset + 8 || packet.Length < offset + ((packet[offset + 1] + 1) << 3))
        {
            Namespace.Drop(frame, DropReason.MalformedIPv6);
            return false;
        }

        IPv6Address destination = new IPv6Header(packet).Destination;
        IPv6OptionVerdict verdict = IPv6Options.Check(packet, offset, hopByHop, destination, out int pointer);
        switch (verdict)
        {
            case IPv6OptionVerdict.Accept:
                return true;
            case IPv6OptionVerdict.ParameterProblem:
                Icmp.SendError(frame, Icmpv6Type.ParameterProblem, Icmpv6Code.UnrecognisedOption, (uint)pointer);
                break;
            default:
                break;
        }

        Namespace.Drop(frame, verdict == IPv6OptionVerdict.Malformed ? DropReason.MalformedIPv6 : DropReason.UnknownIPv6Option);
        return false;
    }

    /// <summary>True for a whole header of version 6 whose destination is a group without members here.</summary>
    private static bool IsForeignGroup(IPv6Interface own, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IPv6Header.Size || packet[0] >> 4 != 6)
        {
            return false;
        }

        IPv6Address destination = IPv6Address.Read(packet[IPv6Header.DestinationOffset..]);
        return destination.IsMulticast && !own.Listener.IsMember(destination);
    }

    /// <summary>ip6_rcv_core: addresses that must not come in by a device.</summary>
    private DropReason CheckAddresses(in IPv6Header header, Frame frame, NetDevice device)
    {
        IPv6Address source = header.Source;
        IPv6Address destination = header.Destination;
        if (source.IsMulticast)
        {
            return DropReason.MartianSource;
        }

        if (destination.IsMulticast)
        {
            // RFC 4291 section 2.7: scope 0 is reserved; interface-local groups never were on a link (erratum 3480).
            return destination.MulticastScope == 0 || (destination.MulticastScope == 1 && !device.IsLoopback)
                ? DropReason.MartianDestination
                : DropReason.None;
        }

        if (!device.IsLoopback && (source.IsLoopback || destination.IsLoopback))
        {
            return source.IsLoopback ? DropReason.MartianSource : DropReason.MartianDestination;
        }

        bool group = frame.Type is PacketType.Broadcast or PacketType.Multicast;
        return group && Namespace.SettingsOf(device).DropUnicastInLinkLayerMulticastIPv6
            ? DropReason.UnicastInLinkLayerMulticast
            : destination.IsUnspecified ? DropReason.MartianDestination : DropReason.None;
    }

    private void ReceiveMulticast(Frame frame, NetDevice device, IPv6Address group)
    {
        if (IsMember(device, group))
        {
            DeliverLocally(frame, device);
        }
        else
        {
            Namespace.Drop(frame, DropReason.NotMulticastMember);
        }
    }

    /// <summary>A packet that was looped back to its own sender came by lo: any device's membership counts.</summary>
    private bool IsMember(NetDevice device, IPv6Address group)
    {
        if (!device.IsLoopback)
        {
            return device.IPv6 is { } own && own.Listener.IsMember(group);
        }

        foreach (NetDevice candidate in Namespace.Devices)
        {
            if (candidate.IPv6 is { IsEnabled: true } other && other.Listener.IsMember(group))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A link-local address means something on its own link only.</summary>
    private void ReceiveLinkLocal(Frame frame, NetDevice device, IPv6Address destination)
    {
        if (device.IsLoopback ? IsLocal(destination) : Find(device, destination) is { IsTentative: false } || IsAnycast(device, destination))
        {
            DeliverLocally(frame, device);
        }
        else if (device.IPv6 is { } own && Namespace.Settings.All.ForwardingIPv6)
        {
            // fe80::/64 of the same device: it goes back to the link, with a redirect (ip6_forward).
            Forward(frame, device, new RouteInfo<IPv6Address>(new Route<IPv6Address>
            {
                Prefix = new Prefix<IPv6Address>(destination, 64),
                NextHop = own.OnLink,
            }));
        }
        else
        {
            Namespace.Drop(frame, DropReason.NotLocalAddress);
        }
    }

    /// <summary>No way on (ip6_pkt_discard, ip6_pkt_prohibit): hosts say so as well as routers.</summary>
    private void Reject(Frame frame, byte code, DropReason reason)
    {
        Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, code, 0);
        Namespace.Drop(frame, reason);
    }
}
