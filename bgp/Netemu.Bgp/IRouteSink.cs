using System;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Takes best paths: the node's FIB. Calls come in the order of this speaker's own changes.</summary>
public interface IRouteSink
{
    /// <summary>The prefix has these next hops now; it replaces what was there.</summary>
    void Install(in BgpRoute route, ReadOnlySpan<BgpNextHop> nextHops);

    /// <summary>The prefix has no route from BGP any more.</summary>
    void Remove(InternetPrefix prefix);
}
