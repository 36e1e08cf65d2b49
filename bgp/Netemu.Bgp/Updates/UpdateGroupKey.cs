using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Updates;

/// <summary>
/// All that decides what a neighbour is sent and how it is encoded. Neighbours with equal keys get the same bytes.
/// </summary>
internal sealed record UpdateGroupKey
{
    public required AddressFamily Family { get; init; }

    public required bool IsInternal { get; init; }

    /// <summary>Of other member ASes of the confederation (RFC 5065).</summary>
    public required bool IsConfederation { get; init; }

    public required bool IsClient { get; init; }

    public required bool FourOctetAs { get; init; }

    public required bool ExtendedMessages { get; init; }

    /// <summary>IPv4 routes may have an IPv6 next hop (RFC 8950).</summary>
    public required bool ExtendedNextHop { get; init; }

    public required bool AddPath { get; init; }

    /// <summary>Of the paths the best one of each neighbouring AS.</summary>
    public required bool AddPathBestOfAs { get; init; }

    /// <summary>The AS that is prepended towards external neighbours.</summary>
    public required uint LocalAs { get; init; }

    public required NextHopMode NextHop { get; init; }

    /// <summary>Outside, next hops on the neighbours' link are left alone and no others.</summary>
    public required bool KeepsNextHopOnLink { get; init; }

    /// <summary>The prefix of that link; null for neighbours elsewhere.</summary>
    public required InternetPrefix? Link { get; init; }

    /// <summary>The next hop "self".</summary>
    public required InternetAddress Self { get; init; }

    public required IPv6Address SelfLinkLocal { get; init; }

    /// <summary>The neighbour sees <see cref="LocalAs"/> and not the speaker's AS behind it.</summary>
    public required bool LocalAsReplaces { get; init; }

    /// <summary>The AS that is replaced by the speaker's own, or 0.</summary>
    public required uint OverriddenAs { get; init; }

    /// <summary>RFC 7947: attributes are left alone.</summary>
    public required bool IsRouteServerClient { get; init; }

    /// <summary>They are told paths without this speaker's AS.</summary>
    public required bool KeepsAsPath { get; init; }

    /// <summary>They are told the MED that was received.</summary>
    public required bool KeepsMed { get; init; }

    public required bool DefaultOriginate { get; init; }

    public required RoutePolicy? DefaultOriginatePolicy { get; init; }

    /// <summary>RFC 8212: nothing is told without a policy.</summary>
    public required bool DeniesAll { get; init; }

    /// <summary>The one neighbour of a group whose advertisement interval runs; null for a group of many.</summary>
    public required ushort? Only { get; init; }

    /// <summary>What this speaker is to the neighbours (RFC 9234).</summary>
    public required BgpRole Role { get; init; }

    /// <summary>They know long-lived stale routes (RFC 9494); others are told none, unless deployment is partial.</summary>
    public required bool LongLived { get; init; }

    /// <summary>Inside the AS, where some know long-lived stale routes and some do not (RFC 9494 section 4.6).</summary>
    public required bool LongLivedPartialDeployment { get; init; }

    public required PrivateAsMode RemovePrivateAs { get; init; }

    /// <summary>The neighbours' own AS, which stays in the path for them to find their loops; 0 where nothing is removed.</summary>
    public required uint KeptPrivateAs { get; init; }

    public required bool SendBackToSender { get; init; }

    public required CommunityKinds SendCommunities { get; init; }

    public required RoutePolicy? Export { get; init; }

    /// <summary>For routes that an aggregate suppresses; null tells none of them.</summary>
    public required RoutePolicy? Unsuppress { get; init; }

    /// <summary>MinRouteAdvertisementIntervalTimer and its manners.</summary>
    public required BgpTimers Timers { get; init; }
}
