namespace Netemu.Felix.Messages;

/// <summary>The node has no VXLAN endpoint any more.</summary>
public sealed record VxlanTunnelEndpointRemove(string Node) : DataplaneMessage;
