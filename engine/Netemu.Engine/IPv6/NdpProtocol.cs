using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>Neighbour solicitation and advertisement (RFC 4861 section 7.2; net/ipv6/ndisc.c).</summary>
public sealed class NdpProtocol : INeighbourProtocol<IPv6Address>
{
    private static readonly Duration ReachableTime = Duration.FromSeconds(30);
    private readonly IPv6Stack _stack;

    internal NdpProtocol(IPv6Stack stack) => _stack = stack;

    void INeighbourProtocol<IPv6Address>.Solicit(NeighbourEntry<IPv6Address> entry, bool unicast)
    {
        IPv6Address source = _stack.SelectSource(entry.Device, entry.Address);
        IPv6Address destination = unicast ? entry.Address : IPv6Address.SolicitedNode(entry.Address);
        MacAddress mac = unicast ? entry.Mac : MacAddress.Multicast(destination);
        Send(
            entry.Device, source, destination, mac, Icmpv6Type.NeighbourSolicitation, 0, entry.Address, NeighbourMessage.SourceLinkLayerOption);
    }

    void INeighbourProtocol<IPv6Address>.Unreachable(Frame frame, NetDevice device)
    {
        _stack.Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
        _stack.Namespace.Drop(frame, DropReason.NeighbourFailed);
    }

    Duration INeighbourProtocol<IPv6Address>.BaseReachableTime(NetDevice device) => ReachableTime;

    /// <summary>A checked ICMPv6 message of type 135 or 136; false if it is invalid or not for us.</summary>
    internal bool Receive(in IPv6Header ip, NetDevice device)
    {
        // RFC 4861 sections 7.1.1 and 7.1.2: hop limit 255 proves that no router has passed it on.
        if (ip.HopLimit != 255 || NeighbourMessage.TryParse(ip.Payload, out NeighbourMessage message) != WireError.None
            || message.Target.IsMulticast)
        {
            return false;
        }

        return (Icmpv6Type)ip.Payload[0] == Icmpv6Type.NeighbourSolicitation
            ? ReceiveSolicitation(ip, message, device)
            : ReceiveAdvertisement(message, device);
    }

    private bool ReceiveSolicitation(in IPv6Header ip, in NeighbourMessage message, NetDevice device)
    {
        IPv6Address target = message.Target;
        bool own = IsOn(device, target);
        bool proxied = !own && (_stack.Namespace.SettingsOf(device).ProxyNdp || _stack.Namespace.Settings.All.ProxyNdp)
            && _stack.Neighbours.IsProxied(device, target);
        if (!own && !proxied)
        {
            return false;
        }

        bool probe = ip.Source.IsUnspecified;
        bool hasMac = message.TryGetLinkLayerAddress(NeighbourMessage.SourceLinkLayerOption, out MacAddress mac);
        if (!probe && hasMac)
        {
            _stack.Neighbours.LearnFromRequest(device, ip.Source, mac);
        }

        IPv6Address destination = probe ? IPv6Address.AllNodes : ip.Source;
        MacAddress destinationMac = probe ? MacAddress.Multicast(destination) : hasMac ? mac : KnownMac(device, ip.Source);
        uint flags = (probe ? 0 : NeighbourMessage.SolicitedFlag) | (own ? NeighbourMessage.OverrideFlag : 0)
            | (_stack.Namespace.SettingsOf(device).ForwardingIPv6 ? NeighbourMessage.RouterFlag : 0);
        IPv6Address source = own ? target : _stack.SelectSource(device, destination);
        Send(
            device, source, destination, destinationMac, Icmpv6Type.NeighbourAdvertisement, flags, target, NeighbourMessage.TargetLinkLayerOption);
        return true;
    }

    private bool ReceiveAdvertisement(in NeighbourMessage message, NetDevice device)
    {
        NeighbourEntry<IPv6Address>? entry = _stack.Neighbours.Find(device, message.Target);
        if (entry is null || !message.TryGetLinkLayerAddress(NeighbourMessage.TargetLinkLayerOption, out MacAddress mac))
        {
            return false;
        }

        bool solicited = (message.Flags & NeighbourMessage.SolicitedFlag) != 0;
        bool overrides = (message.Flags & NeighbourMessage.OverrideFlag) != 0;
        entry.IsRouter = (message.Flags & NeighbourMessage.RouterFlag) != 0;
        _stack.Neighbours.Update(entry, mac, solicited ? NudState.Reachable : NudState.Stale, overrides);
        return true;
    }

    private bool IsOn(NetDevice device, IPv6Address target)
    {
        foreach (DeviceAddress<IPv6Address> address in _stack.Addresses)
        {
            if (ReferenceEquals(address.Device, device) && address.Address == target)
            {
                return true;
            }
        }

        return false;
    }

    private MacAddress KnownMac(NetDevice device, IPv6Address address) =>
        _stack.Neighbours.Find(device, address)?.Mac ?? MacAddress.Multicast(IPv6Address.SolicitedNode(address));

    private void Send(
        NetDevice device,
        IPv6Address source,
        IPv6Address destination,
        MacAddress destinationMac,
        Icmpv6Type type,
        uint flags,
        IPv6Address target,
        byte option)
    {
        const int Length = EthernetHeader.Size + IPv6Header.Size + NeighbourMessage.SizeWithLinkLayerOption;
        Frame frame = _stack.Namespace.Node.Emulation.Frames.Rent(Length);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        Span<byte> body = packet[IPv6Header.Size..];
        EthernetHeader.Write(frame.Bytes, destinationMac, device.Mac, EtherType.IPv6);
        IPv6Header.Write(packet, 0, 0, body.Length, IPProtocol.Icmpv6, 255, source, destination);
        NeighbourMessage.WriteBody(body, target, option, device.Mac);
        Icmpv6Header.Write(body, type, 0, flags, source, destination);
        device.Transmit(frame);
    }
}
