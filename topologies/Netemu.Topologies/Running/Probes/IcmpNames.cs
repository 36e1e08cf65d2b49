using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Wire;

namespace Netemu.Topologies.Running.Probes;

/// <summary>Names of ICMP errors as expectations use them: net-unreachable, frag-needed, ttl-exceeded (iptables' words).</summary>
public static class IcmpNames
{
    /// <summary>Every name, of both families.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        .. Enumerable.Range(0, 256 * CodesNamed)
            .SelectMany(i => (string[])[OfIPv4((byte)(i / CodesNamed), (byte)(i % CodesNamed)), OfIPv6((byte)(i / CodesNamed), (byte)(i % CodesNamed))])
            .Distinct(),
    ];

    /// <summary>More than the codes that have names.</summary>
    private const int CodesNamed = 16;

    public static string Of(byte type, byte code, bool isIPv6) => isIPv6 ? OfIPv6(type, code) : OfIPv4(type, code);

    private static string OfIPv4(byte type, byte code) => ((IcmpType)type, code) switch
    {
        (IcmpType.DestinationUnreachable, 0) => "net-unreachable",
        (IcmpType.DestinationUnreachable, 1) => "host-unreachable",
        (IcmpType.DestinationUnreachable, 2) => "protocol-unreachable",
        (IcmpType.DestinationUnreachable, 3) => "port-unreachable",
        (IcmpType.DestinationUnreachable, 4) => "frag-needed",
        (IcmpType.DestinationUnreachable, 5) => "source-route-failed",
        (IcmpType.DestinationUnreachable, 6) => "net-unknown",
        (IcmpType.DestinationUnreachable, 7) => "host-unknown",
        (IcmpType.DestinationUnreachable, 9) => "net-prohibited",
        (IcmpType.DestinationUnreachable, 10) => "host-prohibited",
        (IcmpType.DestinationUnreachable, 13) => "admin-prohibited",
        (IcmpType.TimeExceeded, 0) => "ttl-exceeded",
        (IcmpType.TimeExceeded, 1) => "reassembly-timeout",
        (IcmpType.Redirect, 0) => "redirect-net",
        (IcmpType.Redirect, 1) => "redirect-host",
        (IcmpType.ParameterProblem, _) => "parameter-problem",
        _ => $"type-{type}-code-{code}",
    };

    private static string OfIPv6(byte type, byte code) => ((Icmpv6Type)type, code) switch
    {
        (Icmpv6Type.DestinationUnreachable, 0) => "no-route",
        (Icmpv6Type.DestinationUnreachable, 1) => "adm-prohibited",
        (Icmpv6Type.DestinationUnreachable, 2) => "beyond-scope",
        (Icmpv6Type.DestinationUnreachable, 3) => "addr-unreachable",
        (Icmpv6Type.DestinationUnreachable, 4) => "port-unreachable",
        (Icmpv6Type.DestinationUnreachable, 6) => "reject-route",
        (Icmpv6Type.PacketTooBig, _) => "packet-too-big",
        (Icmpv6Type.TimeExceeded, 0) => "ttl-exceeded",
        (Icmpv6Type.TimeExceeded, 1) => "reassembly-timeout",
        (Icmpv6Type.ParameterProblem, _) => "parameter-problem",
        _ => $"type-{type}-code-{code}",
    };
}
