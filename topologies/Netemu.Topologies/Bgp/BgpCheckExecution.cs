using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;
using Netemu.Topologies.Running.Checks;

namespace Netemu.Topologies.Bgp;

/// <summary>Looks at a session, or at the paths to a prefix.</summary>
internal sealed class BgpCheckExecution(BgpExtension extension, BgpCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        NodeSpeaker? speaker = Context.Topology.FindNamespace(check.In) is { } space ? extension.Find(space.Node) : null;
        if (speaker is null)
        {
            return new ObservedMapping().With("outcome", "no speaker").With("state", "no speaker");
        }

        return check.Prefix is { } prefix && check.Peer is null ? ObservePrefix(speaker, prefix) : ObserveSession(speaker);
    }

    /// <summary>A reason as topologies and FRR's JSON spell it: router-id, as-path-length.</summary>
    internal static string Words(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static ObservedMapping ObservePrefix(NodeSpeaker speaker, InternetPrefix prefix)
    {
        List<BgpPath> paths = [.. speaker.Speaker.PathsOf(prefix)];
        ObservedMapping observed = new ObservedMapping().With("outcome", paths.Count > 0 ? "present" : "absent");
        if (speaker.Speaker.BestPath(prefix) is { } best)
        {
            ObservedMapping path = new ObservedMapping()
                .With("via", best.Attributes.NextHop)
                .With("reason", Words(best.Reason.ToString()))
                .With("as-path", best.Attributes.AsPath.ToString())
                .With("local-pref", best.Attributes.HasLocalPref ? best.Attributes.LocalPref : 100)
                .With("med", best.Attributes.HasMed ? best.Attributes.Med : 0)
                .With("weight", best.Attributes.Weight)
                .With("origin", Words(best.Attributes.Origin.ToString()))
                .With("stale", best.IsStale)
                .WithList("communities", Communities(best.Attributes))
                .WithAny("peer", best.Peer?.Address.ToString());
            observed.With("best", path);
        }
        else
        {
            observed.With("best", "none");
        }

        return observed
            .With("ecmp", paths.Count(p => p.IsBest || p.IsMultipath))
            .With("paths", paths.Count)
            .WithList("vias", paths.Where(p => p.IsBest || p.IsMultipath).Select(p => (ObservedValue)p.Attributes.NextHop.ToString()))
            .With("stale", paths.Count(p => p.IsStale))
            .WithList("rejected", paths.Where(p => p.Rejection != PathRejection.None)
                .Select(p => (ObservedValue)Words(p.Rejection.ToString())));
    }

    private static IEnumerable<ObservedValue> Communities(PathAttributes set)
    {
        PathAttributesBuilder builder = new();
        builder.Load(set);
        return builder.Communities.Select(c => (ObservedValue)c.ToString())
            .Concat(builder.LargeCommunities.Select(c => (ObservedValue)c.ToString()));
    }

    private ObservedMapping ObserveSession(NodeSpeaker speaker)
    {
        if (check.Prefix is { } asked && check.Peer is { } receiver)
        {
            return extension.FindSession(speaker, receiver) is { } told
                ? new ObservedMapping().With("advertised", speaker.Speaker.IsAdvertised(told, asked))
                : new ObservedMapping().With("outcome", "no session").With("state", "no session");
        }

        BgpSession? session = check.Peer is { } peer ? extension.FindSession(speaker, peer) : null;
        if (session is null)
        {
            return new ObservedMapping().With("outcome", "no session").With("state", "no session");
        }

        ObservedMapping observed = new ObservedMapping()
            .With("outcome", Words(session.State.ToString()))
            .With("state", Words(session.State.ToString()))
            .With("peer", session.Address)
            .With("asn", session.RemoteAs)
            .With("flaps", session.Counters.Flaps)
            .With("hold", session.HoldTime)
            .With("shutdown-message", session.ShutdownMessage)
            .With("received", session.PrefixesReceived(AddressFamily.IPv4) + session.PrefixesReceived(AddressFamily.IPv6))
            .With("sent", session.PrefixesSent(AddressFamily.IPv4) + session.PrefixesSent(AddressFamily.IPv6));
        return session.IsEstablished ? observed : observed.With("why", Words(session.NotEstablished.ToString()));
    }
}
