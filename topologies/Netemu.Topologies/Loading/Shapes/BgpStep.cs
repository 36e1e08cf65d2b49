using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of a <c>bgp</c> step, which is a check or a change by the keys that it has.</summary>
internal sealed class BgpStep : Spec
{
    public EndpointRef In { get; set; } = null!;

    public BgpPeerRef? Peer { get; set; }

    public InternetPrefix? Prefix { get; set; }

    public List<KeyValuePair<string, ExpectedValue>> Seen { get; } = [];

    public BgpChange Change { get; } = new();

    public bool IsChange { get; set; }

    /// <summary>The action that the keys make.</summary>
    public StepAction ToAction()
    {
        if (IsChange)
        {
            Change.In = In;
            Change.Range = Range;
            return Change;
        }

        BgpCheck check = new() { In = In, Peer = Peer, Prefix = Prefix, Range = Range };
        check.Inline.AddRange(Seen);
        return check;
    }
}
