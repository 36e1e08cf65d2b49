using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Topologies.Building;

/// <summary>A connected prefix of some namespace, and the way to it: device, and gateway unless it is on the link.</summary>
internal readonly record struct ReachedPrefix<TAddress>(
    Prefix<TAddress> Prefix, NetDevice Device, TAddress Gateway, bool HasGateway, long Cost)
    where TAddress : struct, IIPAddress<TAddress>;
