using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Netfilter;

/// <summary>One list of `-m recent` (net/netfilter/xt_recent.c): addresses with when they were last seen, the oldest leaving first.</summary>
public sealed class RecentTable
{
    /// <summary>ip_list_tot and ip_pkt_list_tot.</summary>
    private const int MostAddresses = 100;
    private const int MostStamps = 20;

    private readonly Dictionary<InternetAddress, Entry> _entries = [];
    private readonly LinkedList<InternetAddress> _order = new();

    /// <summary>Notes an address; it becomes the youngest.</summary>
    public void Set(InternetAddress address, SimTime now, byte ttl)
    {
        if (!_entries.TryGetValue(address, out Entry? entry))
        {
            if (_entries.Count >= MostAddresses)
            {
                Remove(_order.First!.Value);
            }

            entry = new Entry { Node = _order.AddLast(address) };
            _entries.Add(address, entry);
        }

        entry.Ttl = ttl;
        Stamp(entry, now);
    }

    /// <summary>True if the address was seen often enough within the last seconds (0 for ever); updates it if it is to.</summary>
    public bool Check(InternetAddress address, SimTime now, long seconds, int hits, byte? ttl, bool update)
    {
        if (!_entries.TryGetValue(address, out Entry? entry) || (ttl is { } wanted && entry.Ttl != wanted))
        {
            return false;
        }

        int seen = 0;
        bool found = seconds == 0 && hits == 0;
        foreach (SimTime stamp in entry.Stamps)
        {
            if (seconds > 0 && (now - stamp).Nanoseconds > seconds * 1_000_000_000)
            {
                continue;
            }

            if (hits == 0 || ++seen >= hits)
            {
                found = true;
                break;
            }
        }

        if (found && update)
        {
            Stamp(entry, now);
        }

        return found;
    }

    public bool Remove(InternetAddress address)
    {
        if (!_entries.Remove(address, out Entry? entry))
        {
            return false;
        }

        _order.Remove(entry.Node!);
        return true;
    }

    private void Stamp(Entry entry, SimTime now)
    {
        entry.Stamps.Enqueue(now);
        if (entry.Stamps.Count > MostStamps)
        {
            entry.Stamps.Dequeue();
        }

        _order.Remove(entry.Node!);
        _order.AddLast(entry.Node!);
    }

    private sealed class Entry
    {
        public LinkedListNode<InternetAddress>? Node { get; init; }

        public Queue<SimTime> Stamps { get; } = new();

        public byte Ttl { get; set; }
    }
}
