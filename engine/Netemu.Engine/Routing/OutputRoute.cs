using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Routing;

/// <summary>The answer to "where does this go": the error of the system call, or route, device, next address and source.</summary>
public readonly record struct OutputRoute<TAddress>(
    Errno Error,
    RouteInfo<TAddress>? Route,
    NextHop<TAddress>? Hop,
    NetDevice? Device,
    TAddress Source,
    RouteType Type)
    where TAddress : struct, IIPAddress<TAddress>
{
    public static OutputRoute<TAddress> Fail(Errno error) => new(error, null, null, null, default, RouteType.Unspecified);
}
