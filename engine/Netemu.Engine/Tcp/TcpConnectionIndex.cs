using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The connections of a namespace by their four numbers: open addressing over integers (hash, row), and the rows. Half
/// full at most; what is removed is closed up by moving back.
/// </summary>
internal sealed class TcpConnectionIndex
{
    private Slot[] _slots = new Slot[8];
    private TcpConnection?[] _rows = new TcpConnection?[4];
    private int[] _freeRows = [];
    private int _free;
    private int _usedRows;

    public int Count { get; private set; }

    /// <summary>The rows in use and not, in the order of their first use.</summary>
    public ReadOnlySpan<TcpConnection?> Rows => _rows.AsSpan(0, _usedRows);

    public static uint HashOf(InternetAddress local, ushort localPort, InternetAddress remote, ushort remotePort)
    {
        IPv6Address own = local.IPv6;
        IPv6Address other = remote.IPv6;
        ulong mixed = (own.Low * 0x9E3779B97F4A7C15UL) ^ (other.Low * 0xD6E8FEB86659FD93UL)
            ^ (own.High * 0xA0761D6478BD642FUL) ^ (other.High * 0xE7037ED1A0B428DBUL)
            ^ ((((ulong)localPort << 16) | remotePort) * 0x8EBC6AF09C88C6E3UL);
        return (uint)((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9UL >> 32);
    }

    public TcpConnection? Find(InternetAddress local, ushort localPort, InternetAddress remote, ushort remotePort)
    {
        uint hash = HashOf(local, localPort, remote, remotePort);
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; _slots[i].Row != 0; i = (i + 1) & mask)
        {
            if (_slots[i].Hash != hash)
            {
                continue;
            }

            TcpConnection found = _rows[_slots[i].Row - 1]!;
            if (found.LocalPort == localPort && found.RemotePort == remotePort && found.RemoteAddress == remote
                && found.LocalAddress == local)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Reads what every lookup reads; see SegmentWarmer.</summary>
    public int Touch() => _slots.Length + _rows.Length;

    /// <summary>Reads where a lookup begins.</summary>
    public int TouchSlot(uint hash) => _slots[(int)hash & (_slots.Length - 1)].Row;

    /// <summary>The connection that a lookup will probably find; it is not looked at.</summary>
    public TcpConnection? Guess(uint hash)
    {
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; _slots[i].Row != 0; i = (i + 1) & mask)
        {
            if (_slots[i].Hash == hash)
            {
                return _rows[_slots[i].Row - 1];
            }
        }

        return null;
    }

    public void Add(TcpConnection connection)
    {
        if (2 * (Count + 1) > _slots.Length)
        {
            Rehash();
        }

        int row;
        if (_free > 0)
        {
            row = _freeRows[--_free];
        }
        else
        {
            if (_usedRows == _rows.Length)
            {
                Array.Resize(ref _rows, _usedRows * 2);
            }

            row = _usedRows++;
        }

        _rows[row] = connection;
        connection.Row = row;
        connection.Hash = HashOf(connection.LocalAddress, connection.LocalPort, connection.RemoteAddress, connection.RemotePort);
        Insert(new Slot(connection.Hash, row + 1));
        Count++;
    }

    /// <summary>Takes a connection out; does nothing if it is not in.</summary>
    public void Remove(TcpConnection connection)
    {
        if (connection.Row < 0)
        {
            return;
        }

        int mask = _slots.Length - 1;
        int hole = (int)connection.Hash & mask;
        while (_slots[hole].Row != connection.Row + 1)
        {
            hole = (hole + 1) & mask;
        }

        for (int i = (hole + 1) & mask; _slots[i].Row != 0; i = (i + 1) & mask)
        {
            int home = (int)_slots[i].Hash & mask;
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                _slots[hole] = _slots[i];
                hole = i;
            }
        }

        _slots[hole] = default;
        _rows[connection.Row] = null;
        if (_free == _freeRows.Length)
        {
            Array.Resize(ref _freeRows, Math.Max(4, _free * 2));
        }

        _freeRows[_free++] = connection.Row;
        connection.Row = -1;
        Count--;
    }

    private void Rehash()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        foreach (Slot slot in old)
        {
            if (slot.Row != 0)
            {
                Insert(slot);
            }
        }
    }

    private void Insert(Slot slot)
    {
        int mask = _slots.Length - 1;
        int i = (int)slot.Hash & mask;
        while (_slots[i].Row != 0)
        {
            i = (i + 1) & mask;
        }

        _slots[i] = slot;
    }

    /// <summary>A hash and a row number plus one; zero is an empty slot.</summary>
    private readonly record struct Slot(uint Hash, int Row);
}
