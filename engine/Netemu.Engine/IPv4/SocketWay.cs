using Netemu.Core.Addresses;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>
/// Where the packets of a socket go (sk_dst_cache), with what the answer depended on: tables and rules, and addresses. Sockets
/// whose answers are alike share one, so that it costs each a reference. What may differ from one packet to the next under the
/// same tables (groups, redirects) is never kept.
/// </summary>
internal sealed class SocketWay(in OutputRoute<IPv4Address> way, uint generation, uint[] local)
{
    private readonly OutputRoute<IPv4Address> _way = way;

    public ref readonly OutputRoute<IPv4Address> Way => ref _way;

    /// <summary>True as long as a lookup would give the same answer.</summary>
    public bool IsOf(uint presentGeneration, uint[] presentLocal) =>
        generation == presentGeneration && ReferenceEquals(local, presentLocal);
}
