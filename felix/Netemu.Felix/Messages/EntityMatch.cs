using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>One side of a rule with its selectors replaced by IP set ids. Everything that is given must hold.</summary>
public sealed record EntityMatch
{
    public static EntityMatch Any { get; } = new();

    public IReadOnlyList<InternetPrefix> Nets { get; init; } = [];

    public IReadOnlyList<InternetPrefix> NotNets { get; init; } = [];

    /// <summary>Sets that must all contain the address.</summary>
    public IReadOnlyList<string> IPSets { get; init; } = [];

    /// <summary>Sets that must not contain the address.</summary>
    public IReadOnlyList<string> NotIPSets { get; init; } = [];

    /// <summary>Sets that must contain the address with the protocol and port.</summary>
    public IReadOnlyList<string> IPPortSets { get; init; } = [];

    /// <summary>Numeric ports; alternatives to each other and to <see cref="NamedPortSets"/>.</summary>
    public IReadOnlyList<PortMatch> Ports { get; init; } = [];

    public IReadOnlyList<string> NamedPortSets { get; init; } = [];

    public IReadOnlyList<PortMatch> NotPorts { get; init; } = [];

    public IReadOnlyList<string> NotNamedPortSets { get; init; } = [];
}
