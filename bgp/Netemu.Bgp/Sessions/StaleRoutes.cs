using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// The routes of a neighbour that are kept while it restarts (RFC 4724), for longer than that (RFC 9494), or while it sends
/// them again (RFC 7313).
/// </summary>
internal sealed class StaleRoutes
{
    private byte _families;
    private byte _refreshed;
    private SimTime _longLivedIPv4 = SimTime.Never;
    private SimTime _longLivedIPv6 = SimTime.Never;
    private uint _longLivedIPv4Time;
    private uint _longLivedIPv6Time;

    /// <summary>When those that are not long-lived are given up.</summary>
    public SimTime Due { get; set; } = SimTime.Never;

    /// <summary>True while the speaker counts them among what it waits for.</summary>
    public bool IsAwaited { get; set; }

    public bool IsEmpty => _families == 0;

    /// <summary>The first of all instants at which something is given up.</summary>
    public SimTime NextDue
    {
        get
        {
            SimTime longLived = _longLivedIPv4 < _longLivedIPv6 ? _longLivedIPv4 : _longLivedIPv6;
            return longLived < Due ? longLived : Due;
        }
    }

    /// <summary>True if a family waits for the restart time or for End-of-RIB only.</summary>
    public bool HasShortLived =>
        (Has(AddressFamily.IPv4) && _longLivedIPv4 == SimTime.Never) || (Has(AddressFamily.IPv6) && _longLivedIPv6 == SimTime.Never);

    public bool Has(AddressFamily family) => (_families & (1 << (int)family)) != 0;

    public void Add(AddressFamily family) => _families |= (byte)(1 << (int)family);

    /// <summary>True if the neighbour sends the routes of a family again, between the marks of RFC 7313.</summary>
    public bool IsRefreshed(AddressFamily family) => (_refreshed & (1 << (int)family)) != 0;

    public void BeginRefresh(AddressFamily family) => _refreshed |= (byte)(1 << (int)family);

    public void EndRefresh(AddressFamily family) => _refreshed &= (byte)~(1 << (int)family);

    public void Remove(AddressFamily family)
    {
        EndRefresh(family);
        _families &= (byte)~(1 << (int)family);
        SetLongLivedDue(family, SimTime.Never);
    }

    /// <summary>Seconds for which the routes of a family are kept beyond the restart time; 0 for not at all.</summary>
    public uint LongLivedTime(AddressFamily family) => family == AddressFamily.IPv4 ? _longLivedIPv4Time : _longLivedIPv6Time;

    public void SetLongLivedTime(AddressFamily family, uint seconds)
    {
        if (family == AddressFamily.IPv4)
        {
            _longLivedIPv4Time = seconds;
        }
        else
        {
            _longLivedIPv6Time = seconds;
        }
    }

    /// <summary>When the Long-Lived Stale Time of a family is over; never if it has not begun (RFC 9494 section 4.2).</summary>
    public SimTime LongLivedDue(AddressFamily family) => family == AddressFamily.IPv4 ? _longLivedIPv4 : _longLivedIPv6;

    public void SetLongLivedDue(AddressFamily family, SimTime due)
    {
        if (family == AddressFamily.IPv4)
        {
            _longLivedIPv4 = due;
        }
        else
        {
            _longLivedIPv6 = due;
        }
    }
}
