using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.IPv6;

/// <summary>Redirects in both directions (RFC 4861 section 8; ndisc_send_redirect, rt6_do_redirect).</summary>
internal sealed class NdpRedirects(IPv6Stack stack)
{
    private const int MaximumSize = 1280;

    /// <summary>
    /// Tells the source of a packet, which leaves by the device that it came in by, of the better first hop. Limited to one
    /// a second for the destination, and for the source.
    /// </summary>
    public void Send(Frame frame, NetDevice device, IPv6Address target)
    {
        IPv6Header offending = new(frame.Bytes[EthernetHeader.Size..]);
        IPv6Address host = offending.Source;
        IPv6Address destination = offending.Destination;
        IPv6Address source = device.IPv6?.LinkLocal() ?? default;
        if (source.IsUnspecified || (target != destination && !target.IsLinkLocal) || !stack.Icmp.Limiter.TakeSecond(destination))
        {
            return;
        }

        // The source must be a neighbour on that link.
        OutputRoute<IPv6Address> back = stack.RouteOutput(host, source, device);
        if (back.Error != Errno.None || back.Hop is null || back.Hop.HasGateway || !ReferenceEquals(back.Device, device)
            || !stack.Icmp.Limiter.TakeSecond(host))
        {
            return;
        }

        NeighbourEntry<IPv6Address>? neighbour = stack.Neighbours.Find(device, target);
        bool hasMac = neighbour is { State: not (NudState.None or NudState.Incomplete or NudState.Failed) };
        int options = hasMac ? 8 : 0;
        ReadOnlySpan<byte> packet = frame.Bytes[EthernetHeader.Size..];

        // The redirected header option: eight bytes, then as much of the packet as fits, in units of eight.
        int quoted = Math.Min(MaximumSize - IPv6Header.Size - NeighbourRedirect.FixedSize - options, packet.Length + 8) & ~7;
        byte[] body = new byte[NeighbourRedirect.FixedSize + options + quoted];
        target.Write(body.AsSpan(8));
        destination.Write(body.AsSpan(24));
        Span<byte> rest = body.AsSpan(NeighbourRedirect.FixedSize);
        if (hasMac)
        {
            NeighbourDiscoveryOptions.WriteMac(rest, NeighbourDiscoveryOptions.TargetLinkLayer, neighbour!.Mac);
            rest = rest[8..];
        }

        rest[0] = NeighbourDiscoveryOptions.RedirectedHeader;
        rest[1] = (byte)(quoted >> 3);
        packet[..(quoted - 8)].CopyTo(rest[8..]);
        stack.Ndp.SendMessage(device, source, host, Icmpv6Type.Redirect, 0, body, frame.Trace);
    }

    /// <summary>A redirect for this namespace; false if it is invalid, unwanted, or not from the present first hop.</summary>
    public bool Receive(in IPv6Header ip, ReadOnlySpan<byte> message, NetDevice device)
    {
        InterfaceSettings settings = stack.Namespace.SettingsOf(device);
        if (NeighbourRedirect.TryParse(message, out NeighbourRedirect redirect) != WireError.None || !ip.Source.IsLinkLocal)
        {
            return false;
        }

        IPv6Address target = redirect.Target;
        IPv6Address destination = redirect.Destination;
        bool onLink = target == destination;
        if (destination.IsMulticast || (!onLink && !target.IsLinkLocal) || settings.ForwardingIPv6 || !settings.AcceptRedirectsIPv6)
        {
            return false;
        }

        // RFC 4861 section 8.1: only the present first hop may say so.
        OutputRoute<IPv6Address> now = stack.RouteOutput(destination, default, device);
        if (now.Error != Errno.None || now.Hop is null || !now.Hop.HasGateway || now.Hop.Gateway != ip.Source
            || !ReferenceEquals(now.Device, device))
        {
            return false;
        }

        bool hasMac = NeighbourDiscoveryOptions.TryFindMac(
            redirect.Options, NeighbourDiscoveryOptions.TargetLinkLayer, out MacAddress mac);
        NeighbourEntry<IPv6Address> entry = stack.Neighbours.FindOrCreate(device, target);
        if (hasMac)
        {
            stack.Neighbours.Update(entry, mac, NudState.Stale, overrideMac: true);
        }

        entry.IsRouter |= !onLink;
        stack.Exceptions.LearnRedirect(destination, new NextHop<IPv6Address>(device, target, hasGateway: !onLink));
        return true;
    }
}
