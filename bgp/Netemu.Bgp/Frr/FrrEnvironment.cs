using System;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>What a configuration needs to know of the router that it runs on.</summary>
public sealed record FrrEnvironment
{
    /// <summary>The first address of an interface; none if it has none.</summary>
    public Func<string, InternetAddress> AddressOf { get; init; } = static _ => default;

    /// <summary>The router id that zebra would choose.</summary>
    public IPv4Address RouterId { get; init; }
}
