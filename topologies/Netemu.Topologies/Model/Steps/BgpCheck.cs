using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>A session of a speaker, or its paths to a prefix.</summary>
public sealed class BgpCheck : StepAction
{
    public override string Kind => "bgp";

    public EndpointRef In { get; internal set; } = null!;

    /// <summary>The session's other end; null where a prefix is looked at.</summary>
    public BgpPeerRef? Peer { get; internal set; }

    public InternetPrefix? Prefix { get; internal set; }
}
