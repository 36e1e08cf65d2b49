using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Linux;

/// <summary>How a TAP or TUN of the kernel is made, and what the kernel's side of it is given.</summary>
public sealed record TapOptions
{
    /// <summary>The kernel's name of it.</summary>
    public required string Name { get; init; }

    /// <summary>IFF_TUN: IP packets without an Ethernet header.</summary>
    public bool IsBare { get; init; }

    public int Mtu { get; init; } = 1500;

    /// <summary>The kernel's MAC address, or null for one that the kernel draws.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>False asks the kernel for finished packets only: every one on its own, with its checksums.</summary>
    public bool Offloads { get; init; } = true;

    /// <summary>Packets that the kernel keeps while nobody reads; what comes on top it drops and counts.</summary>
    public int QueueLength { get; init; } = 1000;

    public IReadOnlyList<(InternetAddress Address, int Length)> Addresses { get; init; } = [];

    /// <summary>Routes of the kernel's side; a gateway of none is on the link.</summary>
    public IReadOnlyList<(InternetPrefix Prefix, InternetAddress Gateway)> Routes { get; init; } = [];
}
