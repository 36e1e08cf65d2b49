using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Calculation;

/// <summary>An endpoint or network set as it was written: own labels, the profiles to inherit from, addresses, ports.</summary>
internal sealed record LabelledEndpoint(
    LabelSet OwnLabels,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<InternetPrefix> Nets,
    IReadOnlyList<NamedPort> Ports)
{
    /// <summary>The endpoint itself if it is policed on its node: a WorkloadEndpoint or a HostEndpoint; null for a set.</summary>
    public Resource? Policed { get; init; }

    /// <summary>The node that it is on; empty for a set.</summary>
    public string Node { get; init; } = string.Empty;
}
