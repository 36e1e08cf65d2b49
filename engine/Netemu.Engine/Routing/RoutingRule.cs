using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing;

/// <summary>A policy routing rule (ip rule): when a packet matches, one table is asked, or the packet ends.</summary>
public sealed record RoutingRule<TAddress>(uint Priority)
    where TAddress : struct, IIPAddress<TAddress>
{
    public Prefix<TAddress>? From { get; init; }

    public Prefix<TAddress>? To { get; init; }

    public string? InputDevice { get; init; }

    public string? OutputDevice { get; init; }

    public uint Mark { get; init; }

    public uint MarkMask { get; init; }

    public byte? TypeOfService { get; init; }

    /// <summary>The table to ask when <see cref="Type"/> is unicast.</summary>
    public uint Table { get; init; }

    /// <summary>Unicast asks the table; blackhole, unreachable and prohibit end the packet.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Routes of at most this prefix length are passed over; -1 for none (suppress_prefixlength).</summary>
    public int SuppressPrefixLength { get; init; } = -1;

    public bool Inverted { get; init; }

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
            && (InputDevice is null || flow.Input?.Name == InputDevice)
            && (OutputDevice is null || flow.Output?.Name == OutputDevice)
            && (flow.Mark & MarkMask) == Mark
            && (TypeOfService is not { } tos || tos == flow.TypeOfService);
        return matches != Inverted;
    }
}
