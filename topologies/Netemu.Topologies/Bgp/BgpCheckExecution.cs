using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;
using Netemu.Topologies.Running.Checks;

namespace Netemu.Topologies.Bgp;

/// <summary>Looks at a session, or at the paths to a prefix.</summary>
internal sealed class BgpCheckExecution(BgpExtension extension, BgpCheck check, StepContext context) : CheckExecution
{
    public override ObservedMapping Observe()
    {
        NodeSpeaker? speaker = context.Topology.FindNamespace(check.In) is { } space ? extension.Find(space.Node) : null;
        if (speaker is null)
        {
            return new ObservedMapping().Add("state", "no speaker");
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
                .Add("via", best.Attributes.NextHop)
                .Add("reason", Words(best.Reason.ToString()))
                .Add("as-path", best.Attributes.AsPath.ToString())
                .Add("local-pref", best.Attributes.HasLocalPref ? best.Attributes.LocalPref : 100)
                .Add("med", best.Attributes.HasMed ? best.Attributes.Med : 0)
                .AddIfAny("peer", best.Peer?.Address);
            observed.Add("best", path);
        }
        else
        {
            observed.Add("best", "none");
        }

        return observed
            .Add("ecmp", paths.Count(p => p.IsBest || p.IsMultipath))
            .Add("paths", paths.Count)
            .Add("rejected", paths.Where(p => p.Rejection != PathRejection.None)
                .Select(p => new ObservedScalar(Words(p.Rejection.ToString()))));
    }

    private ObservedMapping ObserveSession(NodeSpeaker speaker)
    {
        BgpSession? session = check.Peer is { } peer ? extension.FindSession(speaker, peer) : null;
        if (session is null)
        {
            return new ObservedMapping().Add("state", "no session");
        }

        ObservedMapping observed = new ObservedMapping()
            .Add("state", Words(session.State.ToString()))
            .Add("peer", session.Address)
            .Add("asn", session.Configuration.RemoteAs)
            .Add("received", session.PrefixesReceived(AddressFamily.IPv4) + session.PrefixesReceived(AddressFamily.IPv6))
            .Add("sent", session.PrefixesSent(AddressFamily.IPv4) + session.PrefixesSent(AddressFamily.IPv6));
        return session.IsEstablished ? observed : observed.Add("why", Words(session.NotEstablished.ToString()));
    }
}
