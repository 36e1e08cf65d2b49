using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>The workload is gone from this node.</summary>
public sealed record WorkloadEndpointRemove(ResourceKey Key) : DataplaneMessage;
