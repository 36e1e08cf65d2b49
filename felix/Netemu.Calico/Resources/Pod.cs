using System.Collections.Generic;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A Pod: what the network sees of it.</summary>
public sealed record Pod(ObjectMetadata Metadata) : Resource(Metadata)
{
    public const string DefaultServiceAccount = "default";

    public override ResourceKind Kind => ResourceKind.Pod;

    /// <summary>The node it runs on; empty until it is placed.</summary>
    public string NodeName { get; init; } = string.Empty;

    public LabelSet NodeSelector { get; init; } = LabelSet.Empty;

    public bool HostNetwork { get; init; }

    public string ServiceAccountName { get; init; } = DefaultServiceAccount;

    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    public string? Hostname { get; init; }

    public string? Subdomain { get; init; }

    /// <summary>status.podIPs, or status.podIP alone.</summary>
    public IReadOnlyList<InternetAddress> Addresses { get; init; } = [];

    public PodPhase Phase { get; init; } = PodPhase.Running;

    /// <summary>The Ready condition; true where no status is written.</summary>
    public bool IsReady { get; init; } = true;

    /// <summary>A pod that has ended gives up its addresses.</summary>
    public bool IsFinished => Phase is PodPhase.Succeeded or PodPhase.Failed;
}
