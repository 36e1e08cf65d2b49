using System.Collections.Generic;

namespace Netemu.Live.Tests.IPv6;

/// <summary>What scenarios of IPv6 do beside what those of IPv4 do; IPv6 is off until <see cref="UseIPv6"/>.</summary>
public interface IIPv6Network : IScenarioNetwork
{
    /// <summary>Switches IPv6 on in a namespace that has no device yet; addresses are good at once unless they are to be tried.</summary>
    void UseIPv6(string space, bool forwarding = false, bool detectDuplicates = false);

    void AddIPv6Address(string space, string device, string address);

    /// <summary>Adds a route, written as for <see cref="IScenarioNetwork.AddRoute"/>.</summary>
    void AddIPv6Route(string space, string route);

    /// <summary>Sets a sysctl by its dotted name below net.ipv6.</summary>
    void SetIPv6Sysctl(string space, string name, int value);

    /// <summary>Answers for an address of another link (ip -6 neigh add proxy).</summary>
    void AddIPv6Proxy(string space, string device, string address);

    /// <summary>Pings; <paramref name="device"/> says which link is meant where the address does not.</summary>
    IReadOnlyList<string> PingIPv6(string space, string destination, PingProbe? probe = null, string? device = null);

    IReadOnlyList<string> UdpIPv6(string space, string destination, UdpProbe? probe = null);

    /// <summary>"2001:db8::1/64", followed by "tentative", "dadfailed", "dynamic" where that is so.</summary>
    IReadOnlyList<string> IPv6Addresses(string space, string device);

    /// <summary>"2001:db8::2 eth0 02:00:00:00:01:02", followed by "router" where that is so.</summary>
    IReadOnlyList<string> IPv6Neighbours(string space);

    /// <summary>Main table: "2001:db8::/64 dev eth0", "default via fe80::1 dev eth0 proto ra".</summary>
    IReadOnlyList<string> IPv6Routes(string space);

    /// <summary>The groups that a device listens to.</summary>
    IReadOnlyList<string> IPv6Groups(string space, string device);
}
