using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>The host endpoint is gone from this node.</summary>
public sealed record HostEndpointRemove(ResourceKey Key) : DataplaneMessage;
