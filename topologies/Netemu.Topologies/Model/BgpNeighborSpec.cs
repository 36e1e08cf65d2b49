using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A session of a speaker. Null is the daemon's default.</summary>
public sealed class BgpNeighborSpec : Spec
{
    /// <summary>The peer's address; null for an unnumbered session.</summary>
    public InternetAddress? Peer { get; internal set; }

    /// <summary>The interface of an unnumbered session, or of a link-local peer.</summary>
    public string? Interface { get; internal set; }

    public uint? Asn { get; internal set; }

    /// <summary><c>asn: internal</c>.</summary>
    public bool Internal { get; internal set; }

    /// <summary><c>asn: external</c>: any other AS.</summary>
    public bool External { get; internal set; }

    public string? Description { get; internal set; }

    public int? Port { get; internal set; }

    public string? Password { get; internal set; }

    public bool Passive { get; internal set; }

    public bool Shutdown { get; internal set; }

    public uint? LocalAs { get; internal set; }

    public int? Multihop { get; internal set; }

    /// <summary>What this router is to the peer (RFC 9234).</summary>
    public BgpRole Role { get; internal set; }

    public bool RoleStrict { get; internal set; }

    /// <summary>GTSM (RFC 5082): the most hops that the peer may be away.</summary>
    public int? TtlSecurity { get; internal set; }

    public InternetAddress? UpdateSource { get; internal set; }

    public bool RouteReflectorClient { get; internal set; }

    public bool RouteServerClient { get; internal set; }

    public bool NextHopSelf { get; internal set; }

    public bool NextHopKeep { get; internal set; }

    public BgpAddPath AddPath { get; internal set; }

    public int? MaximumPrefix { get; internal set; }

    public int? AllowAsIn { get; internal set; }

    public bool AsOverride { get; internal set; }

    public bool RemovePrivateAs { get; internal set; }

    /// <summary>Private AS numbers are replaced rather than removed.</summary>
    public bool ReplacePrivateAs { get; internal set; }

    public bool LocalAsNoPrepend { get; internal set; }

    public bool LocalAsReplaceAs { get; internal set; }

    /// <summary>The policy of the default route.</summary>
    public string? DefaultOriginatePolicy { get; internal set; }

    /// <summary>IPv4 routes with IPv6 next hops (RFC 8950).</summary>
    public bool ExtendedNextHop { get; internal set; }

    public bool MaximumPrefixWarningOnly { get; internal set; }

    public Duration? MaximumPrefixRestart { get; internal set; }

    /// <summary>RFC 9003.</summary>
    public string? ShutdownMessage { get; internal set; }

    public bool SendCommunities { get; internal set; } = true;

    public bool FourOctetAs { get; internal set; } = true;

    public bool RouteRefresh { get; internal set; } = true;

    public bool ExtendedMessages { get; internal set; } = true;

    public bool EnforceFirstAs { get; internal set; } = true;

    /// <summary>RFC 8212, for this neighbour.</summary>
    public bool? RequiresPolicy { get; internal set; }

    public bool DefaultOriginate { get; internal set; }

    public bool SendBackToSender { get; internal set; }

    public int? Weight { get; internal set; }

    /// <summary>The address families; empty is the family of the peer's address.</summary>
    public IReadOnlyList<AddressFamily> Families { get; internal set; } = [];

    /// <summary>The import policies, in order.</summary>
    public IReadOnlyList<string> Import { get; internal set; } = [];

    /// <summary>The export policies, in order.</summary>
    public IReadOnlyList<string> Export { get; internal set; } = [];

    public BgpTimersSpec? Timers { get; internal set; }

    public BgpGracefulRestartSpec? GracefulRestart { get; internal set; }

    public BgpTransport? Transport { get; internal set; }

    public bool Bfd { get; internal set; }
}
