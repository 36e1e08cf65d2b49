using System.Collections.Generic;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>One side of a Calico rule as it is written. Everything that is given must hold.</summary>
public sealed record EntityRule
{
    public static EntityRule Any { get; } = new();

    public IReadOnlyList<InternetPrefix> Nets { get; init; } = [];

    public IReadOnlyList<InternetPrefix> NotNets { get; init; } = [];

    public Selector? Selector { get; init; }

    public Selector? NotSelector { get; init; }

    public Selector? NamespaceSelector { get; init; }

    public IReadOnlyList<PortMatch> Ports { get; init; } = [];

    public IReadOnlyList<PortMatch> NotPorts { get; init; } = [];

    public ServiceAccountMatch? ServiceAccounts { get; init; }

    public ServiceMatch? Services { get; init; }
}
