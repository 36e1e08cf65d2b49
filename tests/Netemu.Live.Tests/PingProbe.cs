using System;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests;

/// <summary>What a ping sends, and how long it waits after the last request.</summary>
public sealed record PingProbe
{
    /// <summary>Long enough for three ARP requests a second apart to fail.</summary>
    public static readonly TimeSpan PastNeighbourFailure = TimeSpan.FromSeconds(4.5);

    public int Count { get; init; } = 1;

    /// <summary>Bytes after the ICMP header.</summary>
    public int Size { get; init; } = 56;

    /// <summary>0 for the namespace's default.</summary>
    public byte Ttl { get; init; }

    public PathMtuDiscovery Discovery { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}
