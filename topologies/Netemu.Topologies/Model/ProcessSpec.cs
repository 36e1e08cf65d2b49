using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A program of a namespace that starts with its node; <see cref="Name"/> is what <c>kill</c> takes.</summary>
public sealed class ProcessSpec : Spec
{
    public ProcessKind Kind { get; internal set; }

    /// <summary>A name of its own; the kind's word where none is given.</summary>
    public string Name { get; internal set; } = string.Empty;

    /// <summary>Null is the protocol's well-known port.</summary>
    public int? Port { get; internal set; }

    public TransportProtocol Protocol { get; internal set; }

    /// <summary>The address to listen on; null for any.</summary>
    public InternetAddress? Address { get; internal set; }

    /// <summary>The device of a DHCP server or client, or of router advertisements.</summary>
    public string? Device { get; internal set; }

    /// <summary>What an HTTP server answers.</summary>
    public string? Body { get; internal set; }

    public int? Status { get; internal set; }

    /// <summary>A DNS server's zone: names with their addresses.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<InternetAddress>>> Records { get; internal set; } = [];

    /// <summary>Where a DNS server forwards what it does not know.</summary>
    public InternetAddress? Forward { get; internal set; }

    /// <summary>The first and last address that a DHCP server leases.</summary>
    public IReadOnlyList<InternetAddress> Pool { get; internal set; } = [];

    /// <summary>The default router that a DHCP server announces.</summary>
    public InternetAddress? Router { get; internal set; }

    public Duration? Lease { get; internal set; }

    /// <summary>The prefixes that router advertisements carry.</summary>
    public IReadOnlyList<InternetPrefix> Prefixes { get; internal set; } = [];

    public Duration? Interval { get; internal set; }

    /// <summary>The DNS servers that a DHCP server or a router names.</summary>
    public IReadOnlyList<InternetAddress> DnsServers { get; internal set; } = [];

    /// <summary>What a DHCP client calls itself (option 61); null for its MAC, or for its name where it shares that.</summary>
    public string? ClientId { get; internal set; }

    /// <summary>How long hosts take a router as default; zero for never, null for three intervals.</summary>
    public Duration? Lifetime { get; internal set; }

    /// <summary>The subnets that a tunnelling process carries packets to, and the machines that they are on.</summary>
    public IReadOnlyList<ProcessRouteSpec> Routes { get; internal set; } = [];

    public Duration? ValidLifetime { get; internal set; }

    public Duration? PreferredLifetime { get; internal set; }

    public int? Mtu { get; internal set; }

    public int? HopLimit { get; internal set; }

    /// <summary>A router's preference (RFC 4191): 1 high, 0 medium, -1 low.</summary>
    public int Preference { get; internal set; }

    /// <summary>Addresses come by DHCPv6.</summary>
    public bool Managed { get; internal set; }

    /// <summary>Other settings come by DHCPv6.</summary>
    public bool OtherConfiguration { get; internal set; }
}
