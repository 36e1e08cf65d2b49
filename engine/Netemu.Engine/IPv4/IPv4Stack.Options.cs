using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;

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
    private bool HasGoodOptions(Frame frame)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        if (packet[0] == NoOptions)
        {
            return true;
        }

        IPv4Address own = AnsweringAddress(frame);
        return RecordOptions(frame, own, own);
    }

    /// <summary>The address that was asked for, or the one by which the source would be answered (fib_compute_spec_dst).</summary>
    private IPv4Address AnsweringAddress(Frame frame)
    {
        IPv4Address destination = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.DestinationOffset)..]);
        return IsLocal(destination) ? destination : SelectSource(frame.Input, default, RouteScope.Link);
    }

    /// <summary>
    /// The same for a packet that is passed on: its recorded route gets the address of the device that it leaves by (ip_forward_options),
    /// a timestamp the answering one. Linux writes the latter into both first, which only an error sent in between shows.
    /// </summary>
    private bool HasGoodOptionsToForward(Frame frame, RouteInfo<IPv4Address> route, NextHop<IPv4Address> hop, IPv4Address destination)
    {
        IPv4Address own = route.PreferredSource.IsUnspecified
            ? SelectSource(hop.Device, hop.HasGateway ? hop.Gateway : destination, RouteScope.Universe)
            : route.PreferredSource;
        return RecordOptions(frame, own, AnsweringAddress(frame));
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
