using System;
using Netemu.Bgp;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Bgp;

/// <summary>Changes a running speaker: originated prefixes, sessions.</summary>
internal sealed class BgpChangeExecution(BgpExtension extension, BgpChange change, StepContext context) : StepExecution
{
    private string _outcome = "done";

    public override void Begin()
    {
        NetworkNamespace? space = context.Topology.FindNamespace(change.In);
        if (change.Start is { } gracefully)
        {
            _outcome = space is not null && extension.StartAgain(space.Node, gracefully) ? "done" : "no killed speaker";
            Finish(context.Now);
            return;
        }

        NodeSpeaker? speaker = space is null ? null : extension.Find(space.Node);
        if (speaker is null)
        {
            _outcome = "no speaker";
        }
        else
        {
            Apply(speaker);
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping().With("outcome", _outcome);

    private void Apply(NodeSpeaker speaker)
    {
        foreach (InternetPrefix prefix in change.Announce)
        {
            speaker.Speaker.Announce(new BgpNetwork(prefix));
        }

        foreach (InternetPrefix prefix in change.Withdraw)
        {
            if (!speaker.Speaker.Withdraw(prefix))
            {
                _outcome = $"{prefix} is not originated here";
            }
        }

        foreach (BgpPeerRef peer in change.Shutdown)
        {
            WithSession(speaker, peer, s => speaker.SetShutdown(s, true));
        }

        foreach (BgpPeerRef peer in change.Enable)
        {
            WithSession(speaker, peer, s => speaker.SetShutdown(s, false));
        }

        foreach (BgpPeerRef peer in change.Clear)
        {
            WithSession(speaker, peer, s => speaker.Speaker.Clear(s.Address));
        }

        if (change.ClearAll)
        {
            foreach (BgpSession session in speaker.Speaker.Neighbors)
            {
                speaker.Speaker.Clear(session.Address);
            }
        }

        if (change.Policies.Count > 0 && !extension.ReplacePolicies(speaker, change.Policies))
        {
            _outcome = "the speaker's policies do not come from a bgp block";
        }
    }

    private void WithSession(NodeSpeaker speaker, BgpPeerRef peer, Action<BgpSession> action)
    {
        if (extension.FindSession(speaker, peer) is { } session)
        {
            action(session);
        }
        else
        {
            _outcome = $"no session with {peer}";
        }
    }
}
