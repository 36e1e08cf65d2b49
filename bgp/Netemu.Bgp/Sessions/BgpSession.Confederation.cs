using System.Linq;
using Netemu.Bgp.Attributes;

namespace Netemu.Bgp.Sessions;

/// <content>Confederations (RFC 5065): internal, of another member AS, or outside.</content>
public sealed partial class BgpSession
{
    /// <summary>A neighbour in another member AS of the same confederation.</summary>
    public bool IsConfederation => _speaker.Configuration.ConfederationId != 0 && !IsInternal
        && _speaker.Configuration.ConfederationPeers.Contains(RemoteAs);

    /// <summary>A neighbour that is neither in this AS nor in this confederation.</summary>
    public bool IsOutside => !IsInternal && !IsConfederation;

    /// <summary>What a confederation changes in how attributes are read.</summary>
    internal AttributeContext ConfederationContext => _speaker.Configuration.ConfederationId == 0 ? AttributeContext.None
        : IsConfederation ? AttributeContext.Confederation | AttributeContext.MemberAs
        : IsInternal ? AttributeContext.Confederation
        : AttributeContext.None;

    /// <summary>RFC 5065 section 4: members know each other by their own numbers, the world outside knows the confederation's.</summary>
    private uint ShownAs => IsOutside ? _speaker.Configuration.PublicAs : _speaker.Configuration.As;
}
