using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Netfilter;

/// <summary>A list of `-m recent`: when each source address was last noted. The oldest gives way to a new one (ip_list_tot).</summary>
internal sealed class RecentTable
{
    /// <summary>xt_recent's default of ip_list_tot.</summary>
    private const int MaximumEntries = 100;

    private const long Second = 1_000_000_000;

    private readonly LinkedList<InternetAddress> _order = new();
    private readonly Dictionary<InternetAddress, (LinkedListNode<InternetAddress> Place, long Stamp)> _stamps = [];

    public void Note(InternetAddress address, long now)
    {
        if (_stamps.Remove(address, out (LinkedListNode<InternetAddress> Place, long Stamp) known))
        {
            _order.Remove(known.Place);
        }
        else if (_stamps.Count >= MaximumEntries)
        {
            _stamps.Remove(_order.First!.Value);
            _order.RemoveFirst();
        }

        _stamps.Add(address, (_order.AddLast(address), now));
    }

    /// <summary>Whether the address was noted within so many seconds; 0 is any time.</summary>
    public bool IsKnown(InternetAddress address, long now, long seconds) =>
        _stamps.TryGetValue(address, out (LinkedListNode<InternetAddress> Place, long Stamp) known)
        && (seconds == 0 || now - known.Stamp <= seconds * Second);
}
