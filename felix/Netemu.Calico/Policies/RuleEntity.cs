using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Policies;

/// <summary>
/// One side of a rule as it is evaluated: namespaces and service accounts are part of the selector, a service is a key.
/// Selectors stand for the addresses of the endpoints and network sets that they match.
/// </summary>
public sealed record RuleEntity
{
    public static RuleEntity Any { get; } = new();

    public IReadOnlyList<InternetPrefix> Nets { get; init; } = [];

    public IReadOnlyList<InternetPrefix> NotNets { get; init; } = [];

    /// <summary>The address must be one of this selector's; null for no condition (all() is a condition).</summary>
    public Selector? Selector { get; init; }

    /// <summary>With a positive selector: taken from its endpoints. Alone: the address must not be one of these.</summary>
    public Selector? NotSelector { get; init; }

    public IReadOnlyList<PortMatch> Ports { get; init; } = [];

    public IReadOnlyList<PortMatch> NotPorts { get; init; } = [];

    /// <summary>The Service whose endpoints are meant.</summary>
    public ResourceKey? Service { get; init; }

    /// <summary>The endpoints that the entity means, selector and exception combined; null if there is no positive one.</summary>
    public Selector? PositiveSelector =>
        Selector is null ? null : NotSelector is null ? Selector : Selector.And(Selector, NotSelector.Not());

    /// <summary>The endpoints whose named ports count.</summary>
    public Selector NamedPortSelector => PositiveSelector ?? Selector.All;
}
