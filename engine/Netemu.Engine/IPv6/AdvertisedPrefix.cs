using Netemu.Core.Addresses;

namespace Netemu.Engine.IPv6;

/// <summary>A prefix that a router advertises, with radvd's defaults: a day, of which four hours are preferred.</summary>
public sealed record AdvertisedPrefix(Prefix<IPv6Address> Prefix)
{
    public bool OnLink { get; init; } = true;

    public bool Autonomous { get; init; } = true;

    /// <summary>Seconds; all ones for ever.</summary>
    public uint ValidLifetime { get; init; } = 86_400;

    public uint PreferredLifetime { get; init; } = 14_400;
}
