using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>A node's address: IPIP and VXLAN are accepted from the cluster's nodes only.</summary>
public sealed record HostAddressUpdate(string Node, InternetAddress Address) : DataplaneMessage;
