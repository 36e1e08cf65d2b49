using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;

namespace Netemu.Bgp;

/// <summary>What a path says of a way that it must not have come (RFC 4271 section 9.1.2, RFC 5065 section 4).</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>
    /// In a confederation its identifier must not stand in an ordinary segment, and the own member AS not in one of the
    /// confederation's; a member's number in an ordinary segment is somebody else's.
    /// </summary>
    private PathRejection JudgeAsPath(BgpSession session, PathAttributes set)
    {
        int allowed = session.Configuration.AllowedOwnAs;
        uint local = session.Configuration.LocalAs;
        AsPath path = set.AsPath;
        bool? ordinary = Configuration.ConfederationId == 0 ? null : false;
        if (local != 0 && path.CountOf(local, ordinary) > allowed)
        {
            return PathRejection.AsLoop;
        }

        if (session.Configuration.AllowsOwnOrigin && path.OriginAs == Configuration.As)
        {
            return PathRejection.None;
        }

        return path.CountOf(Configuration.PublicAs, ordinary) > allowed ? PathRejection.AsLoop
            : Configuration.ConfederationId != 0 && path.CountOf(Configuration.As, inConfederation: true) > allowed ? PathRejection.ConfederationLoop
            : PathRejection.None;
    }

    /// <summary>The leftmost number must be the neighbour's (RFC 4271 section 6.3); a member's stands in a confederation segment.</summary>
    private static bool IsFirstAs(BgpSession session, PathAttributes set) =>
        (session.IsConfederation ? set.AsPath.LeftmostAs : set.NeighborAs) == session.RemoteAs;
}
