using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// Finds the session of an address: open addressing over session numbers with a part of the hash beside each, so that a
/// probe that misses touches no session. 8 bytes a slot.
/// </summary>
internal sealed class NeighborIndex(List<BgpSession?> sessions)
{
    private Slot[] _slots = new Slot[8];
    private int _used;

    public BgpSession? Find(InternetAddress address)
    {
        int number = _slots[FindSlot(address, HashOf(address))].Number;
        return number == 0 ? null : sessions[number - 1];
    }

    /// <summary>Makes room for a number of sessions at once.</summary>
    public void Reserve(int count)
    {
        int size = _slots.Length;
        while (count * 4 > size * 3)
        {
            size *= 2;
        }

        if (size > _slots.Length)
        {
            Rebuild(size);
        }
    }

    public void Add(BgpSession session)
    {
        Reserve(_used + 1);
        Place(session);
    }

    /// <summary>Call it after the session has left the list.</summary>
    public void Removed() => Rebuild(_slots.Length);

    private static uint HashOf(InternetAddress address) => (uint)((ByteHash.Mix(address) * 0x9E3779B97F4A7C15UL) >> 32);

    private int FindSlot(InternetAddress address, uint hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        while (_slots[slot].Number != 0
            && (_slots[slot].Hash != hash || sessions[_slots[slot].Number - 1]!.Address != address))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Place(BgpSession session)
    {
        uint hash = HashOf(session.Address);
        _slots[FindSlot(session.Address, hash)] = new Slot(hash, session.Index + 1);
        _used++;
    }

    private void Rebuild(int size)
    {
        _slots = new Slot[size];
        _used = 0;
        foreach (BgpSession? session in sessions)
        {
            if (session is not null)
            {
                Place(session);
            }
        }
    }

    private readonly record struct Slot(uint Hash, int Number);
}
