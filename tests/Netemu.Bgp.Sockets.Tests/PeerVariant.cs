namespace Netemu.Bgp.Sockets.Tests;

/// <summary>How a session with a foreign daemon is to be: one cell of the matrix.</summary>
internal sealed record PeerVariant
{
    /// <summary>The session runs over IPv6 and carries IPv6 routes; else IPv4 and IPv4.</summary>
    public bool IPv6 { get; init; }

    public uint OurAs { get; init; } = 65001;

    public uint TheirAs { get; init; } = 65002;

    /// <summary>They announce no four-octet capability (where their configuration can say so).</summary>
    public bool TheyAreTwoOctet { get; init; }

    /// <summary>We announce none.</summary>
    public bool WeAreTwoOctet { get; init; }

    public string? Password { get; init; }

    public bool AddPath { get; init; }

    public bool GracefulRestart { get; init; }

    /// <summary>They say after a restart that their forwarding state has been kept (RFC 4724's F bit), where that is configured.</summary>
    public bool KeepsForwardingState { get; init; }

    /// <summary>They keep routes for long (RFC 9494) after a restart time of one second.</summary>
    public bool LongLived { get; init; }

    /// <summary>We are their route reflector's client.</summary>
    public bool WeAreClient { get; init; }

    /// <summary>The AS that they take us for.</summary>
    public uint OurAsToThem => WeAreTwoOctet || TheyAreTwoOctet ? TwoOctet(OurAs) : OurAs;

    /// <summary>The AS that we take them for.</summary>
    public uint TheirAsToUs => WeAreTwoOctet || TheyAreTwoOctet ? TwoOctet(TheirAs) : TheirAs;

    // RFC 6793 section 4.2.2: AS_TRANS stands in the two-octet field.
    private static uint TwoOctet(uint asNumber) => asNumber > ushort.MaxValue ? 23456 : asNumber;
}
