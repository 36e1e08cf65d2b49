using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Updates;

/// <summary>
/// Phase 3 of the decision process (RFC 4271 section 9.1.3): what a group of peers may hear of a route, and how.
/// </summary>
internal sealed class ExportProcess(
    UpdateGroupKey key, BgpSpeakerConfiguration speaker, BgpTables tables, RouteTable routes, IRibPeers peers)
{
    private int _lastSet;
    private ushort _lastPeer;
    private int _lastResult;

    /// <summary>Forgets what was computed; ids may have been given back since.</summary>
    public void Reset() => _lastSet = 0;

    /// <summary>
    /// The id of the attributes to announce, interned but not yet held by anyone; 0 if not announced.
    /// </summary>
    public int Export(int prefix, int row)
    {
        RibPath path = routes[row];
        path.Prefix = prefix;
        bool suppressed = peers.IsSuppressed(routes.Prefixes.Family, path.Prefix);
        if (key.DeniesAll || (suppressed && key.Unsuppress is null))
        {
            return 0;
        }

        RoutePolicy? policy = suppressed ? key.Unsuppress : key.Export;
        bool reusable = policy is null && path.Attributes == _lastSet && path.Peer == _lastPeer;
        if (reusable)
        {
            return _lastResult;
        }

        PathAttributes set = tables.Attributes[path.Attributes];
        int result = IsAllowed(path.Flags, set) ? Transform(path, set, routes.Prefixes, policy) : 0;
        _lastSet = suppressed ? 0 : path.Attributes;
        _lastPeer = path.Peer;
        _lastResult = result;
        return result;
    }

    /// <summary>The attributes of a default route that begins here for this group alone; 0 if its policy rejects it.</summary>
    public int ExportDefault(int prefix)
    {
        PathAttributesBuilder builder = tables.Builder;
        builder.Clear();
        RibPath path = new() { Prefix = prefix, Peer = RouteTable.LocalPeer, Flags = PathFlags.Local };
        return key.DefaultOriginatePolicy is RoutePolicy policy && !policy.Evaluate(ToPolicyRoute(path, routes.Prefixes, builder))
            ? 0
            : Finish(path, builder, setByPolicy: !builder.NextHop.IsNone, isLongLivedStale: false);
    }

    /// <summary>False if the kinds of peers alone forbid it. Row -1 is no route.</summary>
    public bool MayAnnounce(int row) => row >= 0 && (key.AddPath || IsReflected(routes[row].Flags));

    private bool IsReflected(PathFlags flags)
    {
        if (!key.IsInternal || (flags & PathFlags.Internal) == 0)
        {
            return true;
        }

        // RFC 4271 section 9.2: not from internal to internal peers; RFC 4456 section 6: unless a client is involved.
        return (flags & PathFlags.FromClient) != 0
            ? !key.IsClient || speaker.ClientToClientReflection
            : key.IsClient;
    }

    private bool IsAllowed(PathFlags flags, PathAttributes set)
    {
        if (!IsReflected(flags))
        {
            return false;
        }

        // RFC 9234 section 5: what came from above or beside goes to no provider, peer or route server.
        if (key.Role is BgpRole.Customer or BgpRole.Peer or BgpRole.RouteServerClient && set.TryGetOnlyToCustomer(out _))
        {
            return false;
        }

        // RFC 9494 section 4.3: not to who has not said that it knows what LLGR_STALE means, but for section 4.6.
        if (set.IsLongLivedStale && !key.LongLived && !key.LongLivedPartialDeployment)
        {
            return false;
        }

        if (!set.TryGet(AttributeType.Communities, out _))
        {
            return true;
        }

        // RFC 1997: what the well-known communities forbid.
        return !set.HasCommunity(Community.NoAdvertise)
            && (key.IsInternal || !set.HasCommunity(Community.NoExportSubconfed))
            && (key.IsInternal || key.IsConfederation || !set.HasCommunity(Community.NoExport));
    }

    private int Transform(in RibPath path, PathAttributes set, PrefixTable prefixes, RoutePolicy? policy)
    {
        PathAttributesBuilder builder = tables.Builder;
        builder.Load(set);
        bool isLocal = (path.Flags & PathFlags.Local) != 0;
        if (!key.IsInternal && !key.IsConfederation && !isLocal && !key.IsRouteServerClient && !key.KeepsMed)
        {
            // RFC 4271 section 5.1.4: a MED that was received stays in this AS, or confederation (RFC 5065 section 5).
            builder.Med = null;
        }

        InternetAddress nextHop = builder.NextHop;
        if (policy is not null && !policy.Evaluate(ToPolicyRoute(path, prefixes, builder)))
        {
            return 0;
        }

        if (policy is not null && !speaker.ReflectsWithPolicy && key.IsInternal && (path.Flags & PathFlags.Internal) != 0)
        {
            // RFC 4456 section 10: what is reflected keeps its attributes.
            builder.Load(set);
        }

        return Finish(path, builder, builder.NextHop != nextHop, set.IsLongLivedStale);
    }

    /// <summary>What follows policy: the path, the next hop, and what goes to no neighbour of this kind.</summary>
    private int Finish(in RibPath path, PathAttributesBuilder builder, bool setByPolicy, bool isLongLivedStale)
    {
        if (key.IsInternal)
        {
            ToInternal(path, builder);
        }
        else if (key.IsConfederation)
        {
            ToConfederation(builder);
        }
        else
        {
            ToExternal(builder);
        }

        bool keeps = setByPolicy || (builder.NextHopKept && !builder.NextHop.IsNone);

        // RFC 8950 section 4: who has not said so is told no IPv6 next hop for IPv4; itself, as bgpd has it (BIRD tells nothing).
        bool isUnknown = key is { Family: AddressFamily.IPv4, ExtendedNextHop: false } && builder.NextHop.IsIPv6;
        if (builder.NextHopSelf || isUnknown || (!keeps && IsSelf(path, builder)))
        {
            builder.NextHop = key.Self;
            builder.LinkLocalNextHop = key.SelfLinkLocal;
        }

        if (key.SendCommunities != CommunityKinds.All)
        {
            RemoveCommunities(builder);
        }

        if (isLongLivedStale)
        {
            MarkLongLived(builder);
        }

        if (speaker.GracefulShutdown)
        {
            AddGracefulShutdown(builder);
        }

        builder.Med = speaker.MaximumMed ?? builder.Med;
        builder.Weight = 0;
        builder.Tag = 0;
        return builder.Intern(tables.Attributes).Id;
    }

    private void RemoveCommunities(PathAttributesBuilder builder)
    {
        if ((key.SendCommunities & CommunityKinds.Standard) == 0)
        {
            builder.Communities.Clear();
        }

        if ((key.SendCommunities & CommunityKinds.Extended) == 0)
        {
            builder.ExtendedCommunities.Clear();
        }

        if ((key.SendCommunities & CommunityKinds.Large) == 0)
        {
            builder.LargeCommunities.Clear();
        }
    }

    private void MarkLongLived(PathAttributesBuilder builder)
    {
        // RFC 9494 section 4.3: neither policy nor its absence takes the mark from a route that goes on.
        builder.AddCommunity(Community.LlgrStale);
        if (!key.LongLivedPartialDeployment)
        {
            return;
        }

        // Section 4.6: who does not know the mark shall prefer everything else, and tell nobody outside. Those who know it
        // get the same preference, so that the whole AS chooses alike.
        builder.LocalPref = 0;
        if (!key.LongLived)
        {
            builder.AddCommunity(Community.NoExport);
        }
    }

    // RFC 8326 section 4.1: neighbours are to find another path before this one goes.
    private void AddGracefulShutdown(PathAttributesBuilder builder)
    {
        builder.AddCommunity(Community.GracefulShutdown);
        if (key.IsInternal || key.IsConfederation)
        {
            builder.LocalPref = 0;
        }
    }

    private bool IsSelf(in RibPath path, PathAttributesBuilder builder)
    {
        bool hasNone = builder.NextHop.IsNone || builder.NextHop.IsUnspecified;
        return key.NextHop switch
        {
            NextHopMode.Self => true,
            NextHopMode.SelfUnlessReflected => hasNone || (path.Flags & PathFlags.Internal) == 0 || !key.IsInternal,
            NextHopMode.Unchanged => hasNone,
            _ => hasNone || (!key.IsInternal && !key.IsConfederation && IsSelfOutside(builder.NextHop)),
        };
    }

    private bool IsSelfOutside(InternetAddress nextHop) => key.KeepsNextHopOnLink
        ? key.Link is not { } link || !link.Contains(nextHop)
        : !key.IsRouteServerClient;

    private void ToInternal(in RibPath path, PathAttributesBuilder builder)
    {
        // RFC 4271 section 5.1.5: LOCAL_PREF goes to every internal peer.
        builder.LocalPref ??= speaker.DefaultLocalPref;
        if ((path.Flags & PathFlags.Internal) == 0)
        {
            return;
        }

        // RFC 4456 section 8: the reflector names the originator once and its cluster each time.
        builder.OriginatorId ??= peers.IdentifierOf(path.Peer);
        builder.ClusterList.Insert(0, speaker.ClusterId.IsUnspecified ? speaker.RouterId : speaker.ClusterId);
    }

    // RFC 5065 sections 4 and 5: the member AS in a segment of its own kind; LOCAL_PREF, MED and next hop are common.
    private void ToConfederation(PathAttributesBuilder builder)
    {
        builder.LocalPref ??= speaker.DefaultLocalPref;
        builder.RemoveReflection();
        builder.PrependConfederation(speaker.As);
    }

    private void ToExternal(PathAttributesBuilder builder)
    {
        builder.LocalPref = null;
        builder.RemoveReflection();
        builder.RemoveConfederation();
        RemovePrivateAs(builder);
        if (key.Role is BgpRole.Provider or BgpRole.Peer or BgpRole.RouteServer)
        {
            // RFC 9234 section 5: to a customer, peer or client it goes marked.
            builder.OnlyToCustomer ??= speaker.PublicAs;
        }

        if (key.OverriddenAs != 0)
        {
            builder.MapAsPath(asNumber => asNumber == key.OverriddenAs ? speaker.PublicAs : asNumber);
        }

        if (key.IsRouteServerClient || (key.KeepsAsPath && !builder.AsPath.IsEmpty))
        {
            // RFC 7947 section 2.2.2: a route server is not in the path.
            return;
        }

        // RFC 4271 section 5.1.2: the speaker's own AS; with local-as the one that the neighbour knows stands first.
        if (!key.LocalAsReplaces || key.LocalAs == speaker.PublicAs)
        {
            builder.Prepend(speaker.PublicAs, 1);
        }

        if (key.LocalAs != speaker.PublicAs)
        {
            builder.Prepend(key.LocalAs, 1);
        }
    }

    private void RemovePrivateAs(PathAttributesBuilder builder)
    {
        switch (key.RemovePrivateAs)
        {
            case PrivateAsMode.Remove:
            case PrivateAsMode.RemoveIfAllPrivate when builder.HasOnlyPrivateAs:
                builder.RemovePrivateAs(key.KeptPrivateAs);
                break;
            case PrivateAsMode.Replace:
            case PrivateAsMode.ReplaceIfAllPrivate when builder.HasOnlyPrivateAs:
                builder.MapAsPath(asNumber =>
                    asNumber != key.KeptPrivateAs && PathAttributesBuilder.IsPrivate(asNumber) ? speaker.PublicAs : asNumber);
                break;
        }
    }

    private PolicyRoute ToPolicyRoute(in RibPath path, PrefixTable prefixes, PathAttributesBuilder builder) =>
        PolicyRoute.Of(path, prefixes[path.Prefix], builder, peers, speaker.As);
}
