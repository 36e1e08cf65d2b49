using Netemu.Core.Addresses;

namespace Netemu.Calico.Peering;

/// <summary>The action for routes inside a pool; routes in no pool are programmed as they are.</summary>
public sealed record KernelRouteRule(InternetPrefix Cidr, KernelRouteAction Action);
