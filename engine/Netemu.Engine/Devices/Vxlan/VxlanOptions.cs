using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>What a VXLAN device is made with: the words of `ip link add type vxlan`, and the kernel's defaults.</summary>
public sealed record VxlanOptions
{
    /// <summary>The port that Linux used before IANA assigned 4789, and still its default.</summary>
    public const ushort LinuxPort = 8472;

    /// <summary>The VXLAN network identifier, 24 bits.</summary>
    public int Vni { get; init; }

    /// <summary>The outer source; none to take that of the route.</summary>
    public InternetAddress Local { get; init; }

    /// <summary>The default destination (`remote` or `group`) for what has no entry; none for nothing.</summary>
    public InternetAddress Remote { get; init; }

    /// <summary>The device below (`dev`): it decides the MTU, and multicast goes out and comes in by it.</summary>
    public NetDevice? Lower { get; init; }

    public ushort DestinationPort { get; init; } = LinuxPort;

    /// <summary>The lowest source port; 0 with <see cref="SourcePortLast"/> for the namespace's local port range.</summary>
    public ushort SourcePortFirst { get; init; }

    public ushort SourcePortLast { get; init; }

    public bool Learning { get; init; } = true;

    /// <summary>Answers ARP and neighbour solicitations from the namespace's neighbour table, and sends none on.</summary>
    public bool Proxy { get; init; }

    /// <summary>Counts unicast frames that have no entry.</summary>
    public bool L2Miss { get; init; }

    /// <summary>Counts addresses asked for that the neighbour table does not know.</summary>
    public bool L3Miss { get; init; }

    /// <summary>The outer TTL; 0 for the namespace's default (1 to a group).</summary>
    public byte Ttl { get; init; }

    public bool InheritsTtl { get; init; }

    /// <summary>The outer type of service; 1 inherits the inner one.</summary>
    public byte TypeOfService { get; init; }

    public VxlanDontFragment DontFragment { get; init; }

    /// <summary>How long learned entries live; zero for ever.</summary>
    public Duration Ageing { get; init; } = Duration.FromSeconds(300);

    /// <summary>The most entries that are learned; 0 for no limit.</summary>
    public int MaximumAddresses { get; init; }

    /// <summary>Outer UDP checksums over IPv4 (udpcsum).</summary>
    public bool UdpChecksum { get; init; } = true;

    /// <summary>Leaves the outer UDP checksum out over IPv6 (udp6zerocsumtx).</summary>
    public bool Udp6ZeroChecksumSent { get; init; }

    /// <summary>Takes outer packets without UDP checksum over IPv6 (udp6zerocsumrx).</summary>
    public bool Udp6ZeroChecksumTaken { get; init; }

    /// <summary>True if the outer packets are IPv6.</summary>
    public bool IsIPv6 => Local.IsIPv6 || Remote.IsIPv6;
}
