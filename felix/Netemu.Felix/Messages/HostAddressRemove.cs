using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>The node has lost the address, or is gone.</summary>
public sealed record HostAddressRemove(string Node, AddressFamily Family) : DataplaneMessage;
