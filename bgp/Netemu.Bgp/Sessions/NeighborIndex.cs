using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// Finds the session of an address: open addressing over the numbers of addresses, so that a look touches one line and
/// hardly ever another session. 4 bytes a slot.
/// </summary>
internal sealed class NeighborIndex(List<BgpSession?> sessions, AddressTable addresses)
{
    private Slot[] _slots = new Slot[8];
    private int _used;

    public BgpSession? Find(InternetAddress address)
    {
        if (!addresses.TryFind(address, out int number))
        {
            return null;
        }

        int session = _slots[FindSlot(number)].Session;
        return session == 0 ? null : sessions[session - 1];
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

    private int FindSlot(int address)
    {
        // Numbers are dense: neighbours that were named together lie together.
        int mask = _slots.Length - 1;
        int slot = address & mask;
        while (_slots[slot].Session != 0
            && (_slots[slot].Address != (ushort)address || sessions[_slots[slot].Session - 1]!.AddressNumber != address))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Place(BgpSession session)
    {
        _slots[FindSlot(session.AddressNumber)] = new Slot((ushort)session.AddressNumber, (ushort)(session.Index + 1));
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

    /// <summary>The low half of an address's number, and the session's number + 1; 0 there is a free slot.</summary>
    private readonly record struct Slot(ushort Address, ushort Session);
}
