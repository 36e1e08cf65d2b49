using Netemu.Core.Time;

namespace Netemu.Bgp.Damping;

/// <summary>
/// The parameters of route flap damping (RFC 2439 section 4.2). The penalties are Cisco's and FRR's; the thresholds of
/// <see cref="Rfc7196"/> are those that RFC 7196 section 5 found to leave ordinary routes alone.
/// </summary>
public sealed record FlapDamping
{
    public const int WithdrawalPenalty = 1000;

    public const int AttributeChangePenalty = 500;

    public Duration HalfLife { get; init; } = Duration.FromSeconds(15 * 60);

    /// <summary>Below this a suppressed route is used again.</summary>
    public int ReuseThreshold { get; init; } = 750;

    /// <summary>Above this a route is suppressed.</summary>
    public int SuppressThreshold { get; init; } = 2000;

    public Duration MaximumSuppress { get; init; } = Duration.FromSeconds(60 * 60);

    /// <summary>bgpd's "bgp dampening": 15 750 2000 60.</summary>
    public static FlapDamping Default { get; } = new();

    /// <summary>RFC 7196 section 5: a suppress threshold of 6,000.</summary>
    public static FlapDamping Rfc7196 { get; } = new() { SuppressThreshold = 6000 };
}
