using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.IPv6;

/// <summary>What a router says of itself (RFC 4861 section 6.2.1), with that section's and radvd's defaults.</summary>
public sealed record RouterAdvertiserOptions
{
    /// <summary>MaxRtrAdvInterval; the minimum is a third of it, but not less than three seconds.</summary>
    public Duration MaximumInterval { get; init; } = Duration.FromSeconds(600);

    /// <summary>AdvDefaultLifetime; null for three times the interval, zero for "not a default router".</summary>
    public Duration? Lifetime { get; init; }

    /// <summary>AdvCurHopLimit; 0 says nothing.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>AdvLinkMTU; 0 says nothing.</summary>
    public int Mtu { get; init; }

    public bool Managed { get; init; }

    public bool Other { get; init; }

    /// <summary>1 high, 0 medium, -1 low (RFC 4191).</summary>
    public int Preference { get; init; }

    /// <summary>Milliseconds; 0 says nothing.</summary>
    public uint ReachableTime { get; init; }

    public uint RetransmitTimer { get; init; }

    public IReadOnlyList<AdvertisedPrefix> Prefixes { get; init; } = [];

    /// <summary>RDNSS servers (RFC 8106), with a lifetime of three times the interval.</summary>
    public IReadOnlyList<IPv6Address> DnsServers { get; init; } = [];

    internal Duration MinimumInterval =>
        new(Math.Max(Math.Min(3_000_000_000, MaximumInterval.Nanoseconds), MaximumInterval.Nanoseconds / 100 * 33));

    internal ushort LifetimeSeconds =>
        (ushort)Math.Clamp((Lifetime ?? (MaximumInterval * 3)).Nanoseconds / 1_000_000_000, 0, 9000);
}
