using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>ping's words for times and ICMP errors (pr_icmph, pr_icmph6).</summary>
internal static class PingText
{
    public static string Milliseconds(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000}.{microseconds % 1000:d3}");

    /// <summary>" time=0.051 ms": three digits after the point, fewer for longer times.</summary>
    public static string Time(Duration time)
    {
        long us = time.Microseconds;
        string text = us switch
        {
            >= 100_000 - 50 => $"{(us + 500) / 1000}",
            >= 10_000 - 5 => $"{(us + 50) / 1000}.{(us + 50) % 1000 / 100}",
            >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{(us + 5) / 1000}.{(us + 5) % 1000 / 10:d2}"),
            _ => Milliseconds(us),
        };
        return $" time={text} ms";
    }

    public static string DescribeIPv4(in IcmpError error) => ((IcmpType)error.Type, error.Code) switch
    {
        (IcmpType.DestinationUnreachable, 0) => "Destination Net Unreachable",
        (IcmpType.DestinationUnreachable, 1) => "Destination Host Unreachable",
        (IcmpType.DestinationUnreachable, 2) => "Destination Protocol Unreachable",
        (IcmpType.DestinationUnreachable, 3) => "Destination Port Unreachable",
        (IcmpType.DestinationUnreachable, 4) => $"Frag needed and DF set (mtu = {error.Information & 0xFFFF})",
        (IcmpType.DestinationUnreachable, 5) => "Source Route Failed",
        (IcmpType.DestinationUnreachable, 6) => "Destination Net Unknown",
        (IcmpType.DestinationUnreachable, 7) => "Destination Host Unknown",
        (IcmpType.DestinationUnreachable, 9) => "Destination Net Prohibited",
        (IcmpType.DestinationUnreachable, 10) => "Destination Host Prohibited",
        (IcmpType.DestinationUnreachable, 11) => "Destination Net Unreachable for Type of Service",
        (IcmpType.DestinationUnreachable, 12) => "Destination Host Unreachable for Type of Service",
        (IcmpType.DestinationUnreachable, 13) => "Packet filtered",
        (IcmpType.DestinationUnreachable, 14) => "Precedence Violation",
        (IcmpType.DestinationUnreachable, 15) => "Precedence Cutoff",
        (IcmpType.DestinationUnreachable, _) => $"Dest Unreachable, Bad Code: {error.Code}",
        (IcmpType.TimeExceeded, 0) => "Time to live exceeded",
        (IcmpType.TimeExceeded, 1) => "Frag reassembly time exceeded",
        (IcmpType.TimeExceeded, _) => $"Time exceeded, Bad Code: {error.Code}",
        (IcmpType.Redirect, 1) => $"Redirect Host(New nexthop: {new IPv4Address(error.Information)})",
        (IcmpType.ParameterProblem, _) => $"Parameter problem: pointer = {error.Information >> 24}",
        _ => $"Bad ICMP type: {error.Type}",
    };

    public static string DescribeIPv6(in IcmpError error) => ((Icmpv6Type)error.Type, error.Code) switch
    {
        (Icmpv6Type.DestinationUnreachable, 0) => "Destination unreachable: No route",
        (Icmpv6Type.DestinationUnreachable, 1) => "Destination unreachable: Administratively prohibited",
        (Icmpv6Type.DestinationUnreachable, 2) => "Destination unreachable: Beyond scope of source address",
        (Icmpv6Type.DestinationUnreachable, 3) => "Destination unreachable: Address unreachable",
        (Icmpv6Type.DestinationUnreachable, 4) => "Destination unreachable: Port unreachable",
        (Icmpv6Type.DestinationUnreachable, _) => $"Destination unreachable: Unknown code {error.Code}",
        (Icmpv6Type.PacketTooBig, _) => $"Packet too big: mtu={error.Information}",
        (Icmpv6Type.TimeExceeded, 0) => "Time exceeded: Hop limit",
        (Icmpv6Type.TimeExceeded, 1) => "Time exceeded: Defragmentation failure",
        (Icmpv6Type.TimeExceeded, _) => $"Time exceeded: code {error.Code}",
        _ => $"Unknown icmp type: {error.Type}",
    };
}
