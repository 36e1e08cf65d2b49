using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A static route in the words of <c>ip route add</c>.</summary>
public sealed class RouteSpec : Spec
{
    /// <summary>Table numbers with names (rt_tables): main.</summary>
    public const uint MainTable = 254;

    public InternetPrefix To { get; internal set; }

    public RouteKind Kind { get; internal set; } = RouteKind.Unicast;

    public InternetAddress? Via { get; internal set; }

    public string? Device { get; internal set; }

    public uint Table { get; internal set; } = MainTable;

    /// <summary>The metric; null is the kernel's default (0 for IPv4, 1024 for IPv6).</summary>
    public uint? Metric { get; internal set; }

    /// <summary>The preferred source address.</summary>
    public InternetAddress? Source { get; internal set; }

    public RouteScope? Scope { get; internal set; }

    public bool Onlink { get; internal set; }

    public int? Mtu { get; internal set; }

    public IReadOnlyList<NextHopSpec> NextHops { get; internal set; } = [];

    /// <summary><c>to: default</c>, whose family the other words decide.</summary>
    internal bool ToDefault { get; set; }

    internal AddressFamily? Family { get; set; }
}
