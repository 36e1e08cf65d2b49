using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Dhcp;

/// <summary>What a DHCP server leases, and what it tells its clients beside the address.</summary>
public sealed record DhcpServerOptions
{
    public required IPv4Address First { get; init; }

    /// <summary>The last address of the pool, included.</summary>
    public required IPv4Address Last { get; init; }

    /// <summary>Default 12 hours, as dnsmasq's manual suggests; a minute at least.</summary>
    public Duration Lease { get; init; } = Duration.FromSeconds(43_200);

    /// <summary>The default router; unspecified for none.</summary>
    public IPv4Address Router { get; init; }

    public IReadOnlyList<IPv4Address> DnsServers { get; init; } = [];

    /// <summary>Addresses that belong to one MAC, in the pool or not.</summary>
    public IReadOnlyList<KeyValuePair<MacAddress, IPv4Address>> Reservations { get; init; } = [];
}
