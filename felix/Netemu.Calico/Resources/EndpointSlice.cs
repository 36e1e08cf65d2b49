using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>Endpoints of a Service, given or derived from its selector.</summary>
public sealed record EndpointSlice(ObjectMetadata Metadata, string ServiceName) : Resource(Metadata)
{
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public override ResourceKind Kind => ResourceKind.EndpointSlice;

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];

    public IReadOnlyList<ServiceEndpoint> Endpoints { get; init; } = [];
}
