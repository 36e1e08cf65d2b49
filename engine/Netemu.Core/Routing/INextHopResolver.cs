using System;
using Netemu.Core.Addresses;

namespace Netemu.Core.Routing;

/// <summary>
/// Resolves a protocol's next hop through a node's routing tables (RFC 4271 section 9.1.2.1). On its own without tables,
/// a speaker takes every next hop as reachable at metric 0.
/// </summary>
public interface INextHopResolver
{
    /// <summary>Raised when an answer may have changed; the owner asks again for what it holds.</summary>
    event Action? Changed;

    /// <summary>
    /// The interior cost of <paramref name="nextHop"/>, or false if it is unreachable. Routes of BGP itself resolve
    /// recursively.
    /// </summary>
    bool TryResolve(InternetAddress nextHop, out uint metric);
}
