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
    /// <summary>The endpoint itself if it is policed on this node: a WorkloadEndpoint or a HostEndpoint; else null.</summary>
    public Resource? Local { get; init; }
}
