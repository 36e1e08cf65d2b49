using System;

namespace Netemu.Bgp.Bmp;

/// <summary>Which Adj-RIBs-In a monitoring station is told (RFC 7854 section 5).</summary>
[Flags]
public enum BmpFeeds : byte
{
    None = 0,

    /// <summary>What neighbours have sent, before import policy.</summary>
    IPv4PrePolicy = 1 << 0,

    /// <summary>What import policy has accepted and made of it.</summary>
    IPv4PostPolicy = 1 << 1,

    IPv6PrePolicy = 1 << 2,
    IPv6PostPolicy = 1 << 3,

    PrePolicy = IPv4PrePolicy | IPv6PrePolicy,
    PostPolicy = IPv4PostPolicy | IPv6PostPolicy,
}
