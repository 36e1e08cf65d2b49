using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Routing;

/// <summary>A policy routing rule (ip rule): when a packet matches, one table is asked, or the packet ends, or another rule follows.</summary>
public sealed record RoutingRule<TAddress>(uint Priority)
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>INET_DSCP_MASK: the type of service without the two bits of congestion notification.</summary>
    private const byte DscpMask = 0xFC;

    public Prefix<TAddress>? From { get; init; }

    public Prefix<TAddress>? To { get; init; }

    /// <summary>The device that the packet came in by; "lo" for what this host sends.</summary>
    public string? InputDevice { get; init; }

    /// <summary>The device that the sending socket is bound to.</summary>
    public string? OutputDevice { get; init; }

    public uint Mark { get; init; }

    public uint MarkMask { get; init; }

    public byte? TypeOfService { get; init; }

    /// <summary>The IP protocol; null for any.</summary>
    public byte? IPProtocol { get; init; }

    /// <summary>The first and the last source port; null for any.</summary>
    public (ushort First, ushort Last)? SourcePorts { get; init; }

    public (ushort First, ushort Last)? DestinationPorts { get; init; }

    /// <summary>The table to ask when <see cref="Type"/> is unicast.</summary>
    public uint Table { get; init; }

    /// <summary>Unicast asks the table; blackhole, unreachable and prohibit end the packet.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>The priority of the rule to go on with (goto); null for any other action.</summary>
    public uint? GotoPriority { get; init; }

    /// <summary>Does nothing: a place to go to.</summary>
    public bool IsNop { get; init; }

    /// <summary>Who made the rule (RTPROT_*).</summary>
    public RouteProtocol Protocol { get; init; } = RouteProtocol.Unspecified;

    /// <summary>Routes of at most this prefix length are passed over; -1 for none (suppress_prefixlength).</summary>
    public int SuppressPrefixLength { get; init; } = -1;

    public bool Inverted { get; init; }

    /// <summary>True if the rule looks at protocol or ports.</summary>
    internal bool NeedsTransport => IPProtocol is not null || SourcePorts is not null || DestinationPorts is not null;

    /// <summary>What a rule that ends packets says of them.</summary>
    internal RouteInfo<TAddress> Verdict => new(new Route<TAddress>
    {
        Prefix = default,
        Type = Type,
        NextHop = new NextHop<TAddress>(null, default, hasGateway: false),
    });

    internal bool Matches(in FlowKey<TAddress> flow)
    {
        bool matches = (From is not { } from || from.Contains(flow.Source))
            && (To is not { } to || to.Contains(flow.Destination))
            && (InputDevice is null || IsInput(flow.Input))
            && (OutputDevice is null || flow.Output?.Name == OutputDevice)
            && (flow.Mark & MarkMask) == Mark
            && (TypeOfService is not { } tos || tos == (flow.TypeOfService & DscpMask))
            && (!NeedsTransport || MatchesTransport(flow.Transport));
        return matches != Inverted;
    }

    /// <summary>What this host sends comes from loopback (LOOPBACK_IFINDEX in ip_route_output_key).</summary>
    private bool IsInput(NetDevice? device) => device is null ? InputDevice == "lo" : device.Name == InputDevice;

    private bool MatchesTransport(ulong transport) =>
        (IPProtocol is not { } protocol || protocol == TransportKey.Protocol(transport))
        && IsIn(SourcePorts, TransportKey.SourcePort(transport))
        && IsIn(DestinationPorts, TransportKey.DestinationPort(transport));

    private static bool IsIn((ushort First, ushort Last)? range, ushort port) =>
        range is not { } given || (port >= given.First && port <= given.Last);
}
