using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A host's own interface as an endpoint of policy.</summary>
public sealed record HostEndpoint(ObjectMetadata Metadata, string Node) : Resource(Metadata)
{
    /// <summary>The interface name that stands for all of the host's interfaces.</summary>
    public const string AllInterfaces = "*";

    public override ResourceKind Kind => ResourceKind.HostEndpoint;

    /// <summary>A device's name, "*", or empty: then the expected addresses find the device.</summary>
    public string InterfaceName { get; init; } = string.Empty;

    public IReadOnlyList<InternetAddress> ExpectedIPs { get; init; } = [];

    public IReadOnlyList<string> Profiles { get; init; } = [];

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];
}
