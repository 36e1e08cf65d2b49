using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// Neighbour discovery (RFC 4861; net/ipv6/ndisc.c): solicitations and advertisements, their part in duplicate address
/// detection, and proxying for addresses of other links. Redirects stand in <see cref="NdpRedirects"/>, routers in
/// <see cref="RouterDiscovery"/>.
/// </summary>
public sealed class NdpProtocol : INeighbourProtocol<IPv6Address>
{
    private readonly IPv6Stack _stack;
    private ProxyDelayQueue? _delayed;

    internal NdpProtocol(IPv6Stack stack)
    {
        _stack = stack;
        Redirects = new NdpRedirects(stack);
    }

    internal NdpRedirects Redirects { get; }

    private NetworkNamespace Namespace => _stack.Namespace;

    void INeighbourProtocol<IPv6Address>.Solicit(NeighbourEntry<IPv6Address> entry, bool unicast)
    {
        // ndisc_solicit: the source of the packet that waits, if it is this device's; else the link-local address.
        NetDevice device = entry.Device;
        IPv6Address source = default;
        if (entry.QueueHead is not null)
        {
            IPv6Address waiting = IPv6Address.Read(entry.QueueHead.Bytes[(EthernetHeader.Size + IPv6Header.SourceOffset)..]);
            if (_stack.Find(device, waiting) is { IsTentative: false })
            {
                source = waiting;
            }
        }

        if (source.IsUnspecified)
        {
            source = device.IPv6?.LinkLocal() ?? default;
        }

        // Without a usable source nothing is asked (ndisc_send_ns): packets wait until the entry fails.
        if (!source.IsUnspecified)
        {
            IPv6Address destination = unicast ? entry.Address : IPv6Address.SolicitedNode(entry.Address);
            Send(device, source, destination, Icmpv6Type.NeighbourSolicitation, 0, entry.Address,
                NeighbourMessage.SourceLinkLayerOption, entry.QueueHead?.Trace);
        }
    }

    void INeighbourProtocol<IPv6Address>.Unreachable(Frame frame, NetDevice device)
    {
        if (frame.Bytes[IPv4Stack.NetworkOffset] >> 4 == 4)
        {
            // The packet of an IPv4 route by this gateway: dst_link_failure asks its own family (ipv4_link_failure).
            ((INeighbourProtocol<IPv4Address>)Namespace.IPv4.Arp).Unreachable(frame, device);
            return;
        }

        // ndisc_error_report: to the sender, which may be ourselves.
        _stack.Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
        Namespace.Drop(frame, DropReason.NeighbourFailed);
    }

    NeighbourParameters INeighbourProtocol<IPv6Address>.Parameters(NetDevice device) => Namespace.SettingsOf(device).NeighboursIPv6;

    void INeighbourProtocol<IPv6Address>.ProxyChanged(NetDevice device, IPv6Address address, bool added)
    {
        // pndisc_constructor: who answers for an address must hear who asks for it.
        MulticastListener? listener = device.IPv6?.Listener;
        if (added)
        {
            listener?.Join(IPv6Address.SolicitedNode(address));
        }
        else
        {
            listener?.Leave(IPv6Address.SolicitedNode(address));
        }
    }

    void INeighbourProtocol<IPv6Address>.Failed(NeighbourEntry<IPv6Address> entry)
    {
        if (entry.IsRouter)
        {
            entry.Device.IPv6?.DiscoveryOrNull?.RouterUnreachable(entry.Address);
        }
    }

    /// <summary>A solicitation from "::" for an address that is being tried.</summary>
    internal void SendProbe(NetDevice device, IPv6Address target, ulong nonce)
    {
        Span<byte> body = stackalloc byte[nonce != 0 ? NeighbourMessage.SizeWithLinkLayerOption : NeighbourMessage.FixedSize];
        target.Write(body[8..]);
        if (nonce != 0)
        {
            body[24] = NeighbourDiscoveryOptions.Nonce;
            body[25] = 1;
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, nonce);
            bytes[2..].CopyTo(body[26..]);
        }

        SendMessage(device, default, IPv6Address.SolicitedNode(target), Icmpv6Type.NeighbourSolicitation, 0, body, null);
    }

    /// <summary>Tells all nodes of an address, unasked (ndisc_notify).</summary>
    internal void Announce(NetDevice device, IPv6Address address) =>
        Send(device, address, IPv6Address.AllNodes, Icmpv6Type.NeighbourAdvertisement, RouterFlagOf(device) | NeighbourMessage.OverrideFlag,
            address, NeighbourMessage.TargetLinkLayerOption, null);

    /// <summary>A checked message of type 133 to 137; false if it is invalid or not for us (ndisc_rcv).</summary>
    internal bool Receive(in IPv6Header ip, Span<byte> message, Frame frame, NetDevice device)
    {
        // RFC 4861 section 6.1 and 7.1: hop limit 255 proves that no router has passed it on.
        if (ip.HopLimit != 255 || message[1] != 0 || device.IPv6 is not { } own)
        {
            return false;
        }

        return (Icmpv6Type)message[0] switch
        {
            Icmpv6Type.NeighbourSolicitation => IsNeighbourMessage(message, out NeighbourMessage parsed)
                && ReceiveSolicitation(ip, parsed, message[NeighbourMessage.FixedSize..], frame, device),
            Icmpv6Type.NeighbourAdvertisement => IsNeighbourMessage(message, out NeighbourMessage parsed)
                && ReceiveAdvertisement(ip, parsed, message[NeighbourMessage.FixedSize..], device),
            Icmpv6Type.RouterSolicitation => ReceiveRouterSolicitation(ip, message, device),
            Icmpv6Type.RouterAdvertisement => own.Discovery.Receive(ip.Source, message),
            _ => Redirects.Receive(ip, message, device),
        };
    }

    /// <summary>Sends an ND message with a link-layer option if <paramref name="option"/> is not 0.</summary>
    private void Send(
        NetDevice device,
        IPv6Address source,
        IPv6Address destination,
        Icmpv6Type type,
        uint flags,
        IPv6Address target,
        byte option,
        PacketTrace? trace)
    {
        Span<byte> body = stackalloc byte[option == 0 ? NeighbourMessage.FixedSize : NeighbourMessage.SizeWithLinkLayerOption];
        NeighbourMessage.WriteBody(body, target, option, device.Mac);
        SendMessage(device, source, destination, type, flags, body, trace);
    }

    /// <summary>
    /// Sends a message whose body stands behind room for the ICMPv6 header, with hop limit 255. A unicast one goes through
    /// the neighbour table like anything else (ndisc_send_skb).
    /// </summary>
    internal void SendMessage(
        NetDevice device, IPv6Address source, IPv6Address destination, Icmpv6Type type, uint rest, Span<byte> body, PacketTrace? trace)
    {
        Frame frame = Namespace.Node.Emulation.Frames.Rent(EthernetHeader.Size + IPv6Header.Size + body.Length);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        Icmpv6Header.Write(body, type, 0, rest, source, destination);
        IPv6Header.Write(packet, 0, 0, body.Length, IPProtocol.Icmpv6, 255, source, destination);
        body.CopyTo(packet[IPv6Header.Size..]);
        frame.Trace = trace?.Branch();
        NextHop<IPv6Address> hop = device.IPv6?.OnLink ?? new NextHop<IPv6Address>(device, default, hasGateway: false);
        _stack.Send(
            frame,
            new OutputRoute<IPv6Address>(
                Errno.None, null, hop, device, source, destination.IsMulticast ? RouteType.Multicast : RouteType.Unicast));
    }

    private static bool IsNeighbourMessage(Span<byte> message, out NeighbourMessage parsed) =>
        NeighbourMessage.TryParse(message, out parsed) == WireError.None && !parsed.Target.IsMulticast;

    private static uint RouterFlagOf(NetDevice device) => device.IPv6 is { IsRouter: true } ? NeighbourMessage.RouterFlag : 0;

    private bool ReceiveSolicitation(
        in IPv6Header ip, in NeighbourMessage message, ReadOnlySpan<byte> options, Frame frame, NetDevice device)
    {
        IPv6Address source = ip.Source;
        IPv6Address destination = ip.Destination;
        IPv6Address target = message.Target;
        bool probe = source.IsUnspecified;
        bool hasMac = NeighbourDiscoveryOptions.TryFindMac(options, NeighbourDiscoveryOptions.SourceLinkLayer, out MacAddress mac);

        // RFC 4861 section 7.1.1: a probe goes to the solicited-node group and names no link-layer address.
        if (probe && (!destination.IsSolicitedNode || hasMac))
        {
            return false;
        }

        DeviceAddress<IPv6Address>? own = _stack.Find(device, target);
        if (own is { IsTentative: true })
        {
            if (probe && !IPv6Stack.IsOwnProbe(own, NonceOf(options)) && !own.IsDadFailed)
            {
                Trace(frame, device, $"{target} is tried by another node too");
                _stack.DetectionFailed(own);
                return true;
            }

            // Not ours yet: silence (RFC 4862 section 5.4.3).
            return false;
        }

        bool group = destination.IsMulticast;
        bool router = device.IPv6 is { IsRouter: true };
        if (own is null)
        {
            bool anycast = _stack.IsAnycast(device, target);
            bool proxied = router && (Namespace.SettingsOf(device).ProxyNdp || Namespace.Settings.All.ProxyNdp)
                && _stack.Neighbours.IsProxied(device, target);
            if (!anycast && !proxied)
            {
                return false;
            }

            Trace(frame, device, $"answers for {target}, {(anycast ? "an anycast address" : "which it is a proxy of")}");
            int delay = Namespace.SettingsOf(device).ProxyDelayIPv6;
            if (frame.Type != PacketType.Host && group && delay != 0)
            {
                // pneigh_enqueue: one of several answers, or that of whoever really has the address, should be first.
                _delayed ??= new ProxyDelayQueue(Namespace.Node);
                _delayed.Add(delay, () => Answer(device, source, target, probe, group, hasMac ? mac : null, isOwn: false, anycast && router, null));
                return true;
            }
        }

        Answer(device, source, target, probe, group, hasMac ? mac : null, own is not null, router && (own is not null || _stack.IsAnycast(device, target)), frame.Trace);
        return true;
    }

    /// <summary>Learns the asker and answers it; a probe is answered to all nodes (ndisc_recv_ns).</summary>
    private void Answer(
        NetDevice device,
        IPv6Address asker,
        IPv6Address target,
        bool probe,
        bool group,
        MacAddress? mac,
        bool isOwn,
        bool router,
        PacketTrace? trace)
    {
        if (device.IPv6 is not { IsEnabled: true })
        {
            return;
        }

        // An own address answers for itself; a proxy or an anycast address speaks from what the device would use.
        IPv6Address destination = probe ? IPv6Address.AllNodes : asker;
        IPv6Address source = isOwn ? target : _stack.SelectSource(device, destination);
        if (source.IsUnspecified)
        {
            return;
        }

        // What is proxied is no router, whatever the proxy is (pndisc_is_router).
        uint flags = router ? NeighbourMessage.RouterFlag : 0;
        if (!probe)
        {
            flags |= NeighbourMessage.SolicitedFlag;
            NeighbourEntry<IPv6Address>? entry = _stack.Neighbours.Find(device, asker);
            if (entry is null && (group || mac is not null))
            {
                entry = _stack.Neighbours.FindOrCreate(device, asker);
            }

            if (entry is null)
            {
                return;
            }

            _stack.Neighbours.Update(entry, mac, NudState.Stale, overrideMac: true);
        }

        if (isOwn && group)
        {
            flags |= NeighbourMessage.OverrideFlag;
        }

        // Who asked by unicast knows the link-layer address: it is left out, unless force_tllao.
        bool withMac = group || Namespace.SettingsOf(device).ForceTargetLinkLayerOption;
        Send(device, source, destination, Icmpv6Type.NeighbourAdvertisement, flags, target,
            withMac ? NeighbourMessage.TargetLinkLayerOption : (byte)0, trace);
    }

    private bool ReceiveAdvertisement(
        in IPv6Header ip, in NeighbourMessage message, ReadOnlySpan<byte> options, NetDevice device)
    {
        bool solicited = (message.Flags & NeighbourMessage.SolicitedFlag) != 0;
        if (ip.Destination.IsMulticast && (solicited || Namespace.SettingsOf(device).DropUnsolicitedAdvertisements))
        {
            return false;
        }

        IPv6Address target = message.Target;
        if (_stack.Find(device, target) is { } own)
        {
            if (own is { IsTentative: true, IsDadFailed: false })
            {
                _stack.DetectionFailed(own);
                return true;
            }

            // Somebody says that our address is theirs: the kernel only writes it down.
            return false;
        }

        NeighbourEntry<IPv6Address>? entry = _stack.Neighbours.Find(device, target);
        if (entry is null or { State: NudState.Failed or NudState.None })
        {
            return false;
        }

        bool hasMac = NeighbourDiscoveryOptions.TryFindMac(options, NeighbourDiscoveryOptions.TargetLinkLayer, out MacAddress mac);
        if (!hasMac && entry.State == NudState.Incomplete)
        {
            return false;
        }

        bool overrides = (message.Flags & NeighbourMessage.OverrideFlag) != 0;
        bool routerBefore = entry.IsRouter;
        bool different = hasMac && entry.State != NudState.Incomplete && mac != entry.Mac;
        _stack.Neighbours.Update(
            entry, hasMac ? mac : null, solicited ? NudState.Reachable : NudState.Stale, overrides, weakOverride: true);
        if (!different || overrides)
        {
            entry.IsRouter = (message.Flags & NeighbourMessage.RouterFlag) != 0;
        }

        if (routerBefore && !entry.IsRouter)
        {
            // RFC 4861 section 7.2.5: a router has become a host.
            device.IPv6?.DiscoveryOrNull?.RouterGone(target);
            _stack.Exceptions.ForgetGateway(target);
        }

        return true;
    }

    /// <summary>RFC 4861 section 6.2.6; hosts do not listen. The advertisers of the namespace answer.</summary>
    private bool ReceiveRouterSolicitation(in IPv6Header ip, ReadOnlySpan<byte> message, NetDevice device)
    {
        if (message.Length < Icmpv6Header.Size || !NeighbourDiscoveryOptions.AreValid(message[Icmpv6Header.Size..])
            || device.IPv6 is not { IsRouter: true })
        {
            return false;
        }

        bool hasMac = NeighbourDiscoveryOptions.TryFindMac(
            message[Icmpv6Header.Size..], NeighbourDiscoveryOptions.SourceLinkLayer, out MacAddress mac);
        if (hasMac && ip.Source.IsUnspecified)
        {
            return false;
        }

        if (hasMac)
        {
            _stack.Neighbours.LearnFromRequest(device, ip.Source, mac);
        }

        foreach (RouterAdvertiser advertiser in _stack.Advertisers)
        {
            if (ReferenceEquals(advertiser.Device, device))
            {
                advertiser.Solicited();
            }
        }

        return true;
    }

    private static ulong NonceOf(ReadOnlySpan<byte> options)
    {
        ReadOnlySpan<byte> option = NeighbourDiscoveryOptions.Find(options, NeighbourDiscoveryOptions.Nonce);
        return option.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(option) & 0xFFFF_FFFF_FFFF : 0;
    }

    private void Trace(Frame frame, NetDevice device, string detail) =>
        frame.Trace?.Add(Namespace, TraceStage.Neighbour, detail, device);
}
