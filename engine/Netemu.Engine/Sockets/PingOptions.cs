using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Sockets;

/// <summary>The options of ping that shape a packet.</summary>
public sealed record PingOptions
{
    public static PingOptions Default { get; } = new();

    /// <summary>Payload bytes after the ICMP header.</summary>
    public int Size { get; init; } = 56;

    /// <summary>What the payload holds instead of a counting pattern, at most <see cref="Size"/> bytes.</summary>
    public ImmutableArray<byte> Payload { get; init; }

    /// <summary>TTL or hop limit; 0 for the namespace's default.</summary>
    public byte Ttl { get; init; }

    public byte TrafficClass { get; init; }

    /// <summary>The mark that rules see (SO_MARK).</summary>
    public uint Mark { get; init; }

    public PathMtuDiscovery Discovery { get; init; }

    public InternetAddress Source { get; init; }

    /// <summary>IPv4 options, not yet filled in, of a length that four divides; none for most.</summary>
    public ImmutableArray<byte> HeaderOptions { get; init; } = [];

    /// <summary>The device to leave by (ping -I), or null.</summary>
    public NetDevice? Device { get; init; }
}
