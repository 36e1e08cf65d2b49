using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>
/// The options of packets that come (net/ipv4/ip_options.c). A packet with options never takes a short way: whoever reads a header's
/// first byte has sent it here.
/// </summary>
public sealed partial class IPv4Stack
{
    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>Milliseconds since midnight, which is when the run began (inet_current_timestamp).</summary>
    internal uint OptionTime => (uint)(Namespace.Node.Now.Nanoseconds / 1_000_000 % MillisecondsPerDay);

    /// <summary>Checks the options, if there are any, once a route is found (ip_rcv_options); else the frame is gone.</summary>
    private bool HasGoodOptions(Frame frame, NetDevice device, RouteType route)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        if (packet[0] == NoOptions)
        {
            return true;
        }

        IPv4Address own = AnsweringAddress(frame);
        return RecordOptions(frame, own, own) && TakesSourceRoute(frame, device, route);
    }

    /// <summary>The address that was asked for, or the one by which the source would be answered (fib_compute_spec_dst).</summary>
    private IPv4Address AnsweringAddress(Frame frame)
    {
        IPv4Address destination = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.DestinationOffset)..]);
        return IsDeliveredHere(destination) ? destination : SelectSource(frame.Input, default, RouteScope.Link);
    }

    /// <summary>
    /// The same for a packet that is passed on: its recorded route gets the address of the device that it leaves by (ip_forward_options),
    /// a timestamp the answering one. Linux writes the latter into both first, which only an error sent in between shows.
    /// </summary>
    private bool HasGoodOptionsToForward(
        Frame frame, NetDevice device, RouteInfo<IPv4Address> route, NextHop<IPv4Address> hop, IPv4Address destination)
    {
        IPv4Address own = route.PreferredSource.IsUnspecified
            ? SelectSource(hop.Device, hop.HasGateway ? hop.Gateway : destination, RouteScope.Universe)
            : route.PreferredSource;
        return RecordOptions(frame, own, AnsweringAddress(frame)) && TakesSourceRoute(frame, device, RouteType.Unicast);
    }

    /// <summary>
    /// Whether a packet with a source route may go on (ip_options_rcv_srr): that it has one is enough to drop it, unless
    /// accept_source_route is on for all and for the device. Linux counts it nowhere.
    /// </summary>
    private bool TakesSourceRoute(Frame frame, NetDevice device, RouteType route)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        int place = IPv4Options.FindSourceRoute(packet[..new IPv4Header(packet).HeaderLength]);
        if (place == 0)
        {
            return true;
        }

        bool accepts = Namespace.Settings.All.AcceptSourceRouteIPv4 && Namespace.SettingsOf(device).AcceptSourceRouteIPv4;
        bool isStrict = IPv4Options.IsStrict(packet[place]);
        if (accepts && frame.Type == PacketType.Host && (route == RouteType.Local || (route == RouteType.Unicast && !isStrict)))
        {
            return true;
        }

        if (accepts && frame.Type == PacketType.Host && route == RouteType.Unicast)
        {
            // A strict route leads through each machine by name, and this one is not named.
            Icmp.SendError(frame, IcmpType.ParameterProblem, 0, IPv4Header.DestinationOffset << 24);
        }

        DropSourceRouted(frame, device, accepts ? "the source route does not lead here" : "a source route, and accept_source_route is 0");
        return false;
    }

    /// <summary>
    /// Goes on along the source route of a packet that has come to an address of this machine, to the next one that is not its own. False
    /// if the route is done, and the packet is for us; else the frame is gone.
    /// </summary>
    private bool FollowSourceRoute(Frame frame, NetDevice device)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        int length = new IPv4Header(packet).HeaderLength;
        int place = IPv4Options.FindSourceRoute(packet[..length]);
        if (place == 0)
        {
            return false;
        }

        frame.EnsureWritable();
        packet = frame.Bytes[NetworkOffset..];
        Span<byte> option = packet.Slice(place, packet[place + 1]);
        for (int pointer = option[2]; pointer <= option.Length; pointer += 4)
        {
            if (pointer + 3 > option.Length)
            {
                Icmp.SendError(frame, IcmpType.ParameterProblem, 0, (uint)(place + 2) << 24);
                DropSourceRouted(frame, device, "the source route is cut short");
                return true;
            }

            IPv4Address next = IPv4Address.Read(option[(pointer - 1)..]);
            RouteInfo<IPv4Address>? route = Routes.Resolve(FlowOf(frame, device) with { Destination = next });
            if (route?.Type == RouteType.Local)
            {
                next.Write(packet[IPv4Header.DestinationOffset..]);
                IPv4Header.WriteChecksum(packet[..length]);
                continue;
            }

            if (route?.Type != RouteType.Unicast || !Namespace.SettingsOf(device).Forwarding)
            {
                DropSourceRouted(frame, device, $"the source route goes on to {next}, where no route leads");
                return true;
            }

            NextHop<IPv4Address> hop = route.NextHop;
            if (IPv4Options.IsStrict(option[0]) && !hop.IsDirect)
            {
                Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.SourceRouteFailed, 0);
                DropSourceRouted(frame, device, $"the strict source route goes on to {next}, which is no neighbour");
                return true;
            }

            // The route becomes the way back: the address that the packet leaves by takes the place of the one it goes to.
            IPv4Address own = route.PreferredSource.IsUnspecified
                ? SelectSource(hop.Device, hop.HasGateway ? hop.Gateway : next, RouteScope.Universe)
                : route.PreferredSource;
            own.Write(option[(pointer - 1)..]);
            option[2] = (byte)(pointer + 4);
            next.Write(packet[IPv4Header.DestinationOffset..]);
            IPv4Header.WriteChecksum(packet[..length]);
            RouteForward(frame, device, route, IPv4Address.Read(packet[IPv4Header.SourceOffset..]), next, optionsSeen: true);
            return true;
        }

        return false;
    }

    private void DropSourceRouted(Frame frame, NetDevice device, string why)
    {
        frame.Trace?.Add(Namespace, TraceStage.Route, why, device);
        Namespace.Drop(frame, DropReason.SourceRoute);
    }

    private bool RecordOptions(Frame frame, IPv4Address own, IPv4Address stamp)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        int length = new IPv4Header(packet).HeaderLength;
        int error = IPv4Options.FindError(packet[..length]);
        if (error != 0)
        {
            Icmp.SendError(frame, IcmpType.ParameterProblem, 0, (uint)error << 24);
            Namespace.Drop(frame, DropReason.MalformedIPv4);
            return false;
        }

        frame.EnsureWritable();
        packet = frame.Bytes[NetworkOffset..];
        IPv4OptionRecorder.Record(packet[IPv4Header.MinimumSize..length], own, stamp, OptionTime, IsLocal);
        IPv4Header.WriteChecksum(packet[..length]);
        return true;
    }
}
