using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// An endpoint or network set as rules see it: labels with the inherited ones, addresses and named ports. Only workload
/// and host endpoints are policed themselves.
/// </summary>
public sealed record PolicyEndpoint(ResourceKey Key, LabelSet Labels, IReadOnlyList<InternetPrefix> Nets)
{
    public string Node { get; init; } = string.Empty;

    public string InterfaceName { get; init; } = string.Empty;

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];

    public IReadOnlyList<string> Profiles { get; init; } = [];

    public bool IsWorkload => Key.Kind == ResourceKind.WorkloadEndpoint;

    public bool IsHost => Key.Kind == ResourceKind.HostEndpoint;
}
