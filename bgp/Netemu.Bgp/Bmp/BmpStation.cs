using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Bmp;

/// <summary>
/// A monitoring station (RFC 7854) that a speaker connects to and tells of its neighbours and their routes. Immutable;
/// compared by value.
/// </summary>
public sealed record BmpStation(InternetAddress Address, ushort Port)
{
    /// <summary>What many stations listen on; IANA has assigned none.</summary>
    public const ushort UsualPort = 11019;

    /// <summary>FRR's "bmp targets NAME"; for people only.</summary>
    public string Name { get; init; } = "";

    public BmpFeeds Feeds { get; init; }

    /// <summary>Between two Statistics Reports of each neighbour; zero for none.</summary>
    public Duration StatisticsInterval { get; init; }

    /// <summary>The wait after the first failed attempt; it doubles with each further one (RFC 7854 section 3.2).</summary>
    public Duration MinimumRetry { get; init; } = Duration.FromSeconds(30);

    public Duration MaximumRetry { get; init; } = Duration.FromSeconds(720);

    /// <summary>
    /// Changes that may wait for a station that does not keep up. With more its connection is dropped, and the next one
    /// begins with the table anew.
    /// </summary>
    public int MaximumPending { get; init; } = 1 << 18;

    /// <summary>The local address to connect from, or none.</summary>
    public InternetAddress LocalAddress { get; init; }
}
