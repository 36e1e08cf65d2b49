using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Routing;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>What a speaker is given by the node that it runs on.</summary>
public sealed record BgpServices
{
    public required IScheduler Scheduler { get; init; }

    public required IByteStreamTransport Transport { get; init; }

    /// <summary>Chance for the jitter of timers; the node's stream "NODE/bgp".</summary>
    public required RandomSource Random { get; init; }

    /// <summary>Interning tables, shared by the speakers of one emulation.</summary>
    public required BgpTables Tables { get; init; }

    /// <summary>Where best paths go; null for a reflector without a FIB.</summary>
    public IRouteSink? RouteSink { get; init; }

    /// <summary>Null takes every next hop as reachable at metric 0.</summary>
    public INextHopResolver? NextHops { get; init; }

    /// <summary>True for the node's own addresses, which are no next hop. Null knows none.</summary>
    public Func<InternetAddress, bool>? IsLocalAddress { get; init; }

    /// <summary>
    /// False while no address of the node can be the source towards a neighbour but one soon will (duplicate address detection);
    /// a connection is then not tried. Null means that one always can.
    /// </summary>
    public Func<InternetAddress, bool>? CanConnect { get; init; }

    /// <summary>Hears of state changes and errors; null for nobody.</summary>
    public IBgpObserver? Observer { get; init; }

    /// <summary>The prefix of the link that an address of this node is on; null, or a null answer, where that is not known.</summary>
    public Func<InternetAddress, InternetPrefix?>? LinkOf { get; init; }

    /// <summary>The address of a family on the interface that has an address of this node; none, or null, where that is not known.</summary>
    public Func<InternetAddress, AddressFamily, InternetAddress>? AddressBeside { get; init; }
}
