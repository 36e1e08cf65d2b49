using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Changes a running speaker.</summary>
public sealed class BgpChange : StepAction
{
    public override string Kind => "bgp";

    public EndpointRef In { get; internal set; } = null!;

    public IReadOnlyList<InternetPrefix> Announce { get; internal set; } = [];

    public IReadOnlyList<InternetPrefix> Withdraw { get; internal set; } = [];

    /// <summary>Sessions to shut down, with Cease.</summary>
    public IReadOnlyList<BgpPeerRef> Shutdown { get; internal set; } = [];

    /// <summary>Sessions to start again after a shutdown.</summary>
    public IReadOnlyList<BgpPeerRef> Enable { get; internal set; } = [];

    public IReadOnlyList<BgpPeerRef> Clear { get; internal set; } = [];

    /// <summary><c>clear: all</c>.</summary>
    public bool ClearAll { get; internal set; }

    /// <summary>Starts a speaker that was killed: true as a graceful restart; null for none of it.</summary>
    public bool? Start { get; internal set; }

    /// <summary>Policies that replace those of the same name.</summary>
    public IReadOnlyList<BgpPolicySpec> Policies { get; internal set; } = [];
}
