using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sessions;

/// <summary>Finds the session of an address: open addressing over session numbers, 8 bytes a neighbour.</summary>
internal sealed class NeighborIndex(List<BgpSession?> sessions)
{
    private int[] _slots = new int[8];
    private int _used;

    public BgpSession? Find(InternetAddress address)
    {
        int number = _slots[FindSlot(address)];
        return number == 0 ? null : sessions[number - 1];
    }

    public void Add(BgpSession session)
    {
        if ((_used + 1) * 4 > _slots.Length * 3)
        {
            Rebuild(_slots.Length * 2);
        }

        _slots[FindSlot(session.Address)] = session.Index + 1;
        _used++;
    }

    /// <summary>Call it after the session has left the list.</summary>
    public void Removed() => Rebuild(_slots.Length);

    private int FindSlot(InternetAddress address)
    {
        int mask = _slots.Length - 1;
        ulong hash = ByteHash.Mix(address) * 0x9E3779B97F4A7C15UL;
        int slot = (int)(hash >> 32) & mask;
        while (_slots[slot] != 0 && sessions[_slots[slot] - 1]!.Address != address)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Rebuild(int size)
    {
        _slots = new int[size];
        _used = 0;
        foreach (BgpSession? session in sessions)
        {
            if (session is not null)
            {
                _slots[FindSlot(session.Address)] = session.Index + 1;
                _used++;
            }
        }
    }
}
