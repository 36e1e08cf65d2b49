using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>A workload of this node with the tiers that apply to it. The key is the resource it was made from.</summary>
public sealed record WorkloadEndpointUpdate(ResourceKey Key, WorkloadEndpoint Endpoint, IReadOnlyList<EndpointTier> Tiers)
    : DataplaneMessage;
