using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>A host endpoint of this node with the tiers of each stage.</summary>
public sealed record HostEndpointUpdate(
    ResourceKey Key,
    HostEndpoint Endpoint,
    IReadOnlyList<EndpointTier> Tiers,
    IReadOnlyList<EndpointTier> UntrackedTiers,
    IReadOnlyList<EndpointTier> PreDnatTiers,
    IReadOnlyList<EndpointTier> ForwardTiers) : DataplaneMessage;
