using System;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Takes best paths: the node's FIB. Calls come in the order of this speaker's own changes.</summary>
public interface IRouteSink
{
    /// <summary>The prefix has these next hops now; it replaces what was there.</summary>
    void Install(in BgpRoute route, ReadOnlySpan<BgpNextHop> nextHops);

    /// <summary>The prefix has no route from BGP any more; it may never have had one.</summary>
    void Remove(InternetPrefix prefix);

    /// <summary>A graceful restart selects its routes now: what of the time before is not installed again is stale.</summary>
    void RestartEnding()
    {
    }

    /// <summary>The selection after a graceful restart is installed: stale routes go (RFC 4724 section 4.1).</summary>
    void RestartEnded()
    {
    }
}
