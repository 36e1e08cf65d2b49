using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Bgp;
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
            return new ObservedMapping().With("state", "no speaker");
        }

        return check.Prefix is { } prefix ? ObservePrefix(speaker, prefix) : ObserveSession(speaker);
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
        ObservedMapping observed = new();
        if (speaker.Speaker.BestPath(prefix) is { } best)
        {
            ObservedMapping path = new ObservedMapping()
                .With("via", best.Attributes.NextHop)
                .With("reason", Words(best.Reason.ToString()))
                .With("as-path", best.Attributes.AsPath.ToString())
                .With("local-pref", best.Attributes.HasLocalPref ? best.Attributes.LocalPref : 100)
                .With("med", best.Attributes.HasMed ? best.Attributes.Med : 0)
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
            .WithList("rejected", paths.Where(p => p.Rejection != PathRejection.None)
                .Select(p => (ObservedValue)Words(p.Rejection.ToString())));
    }

    private ObservedMapping ObserveSession(NodeSpeaker speaker)
    {
        BgpSession? session = check.Peer is { } peer ? extension.FindSession(speaker, peer) : null;
        if (session is null)
        {
            return new ObservedMapping().With("state", "no session");
        }

        ObservedMapping observed = new ObservedMapping()
            .With("state", Words(session.State.ToString()))
            .With("peer", session.Address)
            .With("asn", session.Configuration.RemoteAs)
            .With("received", session.PrefixesReceived(AddressFamily.IPv4) + session.PrefixesReceived(AddressFamily.IPv6))
            .With("sent", session.PrefixesSent(AddressFamily.IPv4) + session.PrefixesSent(AddressFamily.IPv6));
        return session.IsEstablished ? observed : observed.With("why", Words(session.NotEstablished.ToString()));
    }
}
