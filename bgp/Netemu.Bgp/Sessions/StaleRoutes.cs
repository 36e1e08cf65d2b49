using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>The routes of a neighbour that are kept while it restarts (RFC 4724) or sends them again (RFC 7313).</summary>
internal sealed class StaleRoutes
{
    private byte _families;

    /// <summary>When they are given up.</summary>
    public SimTime Due { get; set; } = SimTime.Never;

    public bool IsEmpty => _families == 0;

    public void Add(AddressFamily family) => _families |= (byte)(1 << (int)family);

    public void Remove(AddressFamily family) => _families &= (byte)~(1 << (int)family);
}
