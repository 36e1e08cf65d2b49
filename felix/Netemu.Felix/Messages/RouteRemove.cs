using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>Nothing is known of the prefix any more.</summary>
public sealed record RouteRemove(InternetPrefix Destination) : DataplaneMessage;
