using Netemu.Core.Addresses;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>What a tunnel over IPv4 is made with: the words of `ip link add type ipip|gre|gretap|sit` (struct ip_tunnel_parm).</summary>
public sealed record IPTunnelOptions
{
    /// <summary>The outer source, and the only destination that is taken; unspecified for any.</summary>
    public IPv4Address Local { get; init; }

    /// <summary>The far end; unspecified for any: the next hop of each packet's route decides.</summary>
    public IPv4Address Remote { get; init; }

    /// <summary>The device that outer packets leave by and come in by, or null.</summary>
    public NetDevice? Link { get; init; }

    /// <summary>The outer TTL; 0 inherits the inner one.</summary>
    public byte Ttl { get; init; }

    /// <summary>The outer type of service; 1 inherits the inner one.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>Sets DF on every outer packet (pmtudisc, Linux's default); otherwise it follows the inner one.</summary>
    public bool PathMtuDiscovery { get; init; } = true;

    /// <summary>An inner DF is not carried to the outer packet.</summary>
    public bool IgnoreDontFragment { get; init; }

    /// <summary>The firewall mark that the outer route is looked up with.</summary>
    public uint Mark { get; init; }

    /// <summary>The GRE key of packets that come in; null for none.</summary>
    public uint? InputKey { get; init; }

    /// <summary>The GRE key of packets that go out; null for none.</summary>
    public uint? OutputKey { get; init; }

    /// <summary>GRE: demand a checksum on what comes in.</summary>
    public bool InputChecksum { get; init; }

    public bool OutputChecksum { get; init; }

    /// <summary>GRE: demand rising sequence numbers on what comes in.</summary>
    public bool InputSequence { get; init; }

    public bool OutputSequence { get; init; }
}
