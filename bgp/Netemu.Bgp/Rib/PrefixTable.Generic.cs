using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>A <see cref="PrefixTable"/> of one family: open addressing over an array of prefixes.</summary>
internal sealed class PrefixTable<TAddress> : PrefixTable
    where TAddress : struct, IIPAddress<TAddress>
{
    private const int PathIdSize = 4;

    /// <summary>Slots hold id + 1; 0 is free.</summary>
    private int[] _slots = new int[64];
    private Prefix<TAddress>[] _prefixes = new Prefix<TAddress>[32];
    private int _count;

    public override AddressFamily Family => TAddress.Family;

    public override int Count => _count;

    public override InternetPrefix this[int id] =>
        new(InternetAddress.From(_prefixes[id].Address), _prefixes[id].Length);

    public override int Intern(InternetPrefix prefix)
    {
        bool ours = prefix.Address.TryGet(out TAddress address);
        return ours
            ? Intern(new Prefix<TAddress>(address, prefix.Length))
            : throw new ArgumentException($"{prefix} is not of the family {Family}", nameof(prefix));
    }

    public override bool TryFind(InternetPrefix prefix, out int id)
    {
        id = -1;
        if (!prefix.Address.TryGet(out TAddress address))
        {
            return false;
        }

        Prefix<TAddress> wanted = new(address, prefix.Length);
        id = _slots[FindSlot(wanted)] - 1;
        return id >= 0;
    }

    internal override bool TryReadNlri(ReadOnlySpan<byte> field, bool addPath, NlriBuffer into)
    {
        Span<byte> bytes = stackalloc byte[16];
        while (field.Length > 0)
        {
            uint pathId = 0;
            if (addPath)
            {
                if (field.Length <= PathIdSize)
                {
                    return false;
                }

                pathId = BinaryPrimitives.ReadUInt32BigEndian(field);
                field = field[PathIdSize..];
            }

            int length = field[0];
            int size = (length + 7) >> 3;
            if (length > TAddress.Bits || field.Length <= size)
            {
                return false;
            }

            bytes.Clear();
            field.Slice(1, size).CopyTo(bytes);

            // RFC 4271 section 4.3: the bits past the length don't matter; Prefix masks them.
            into.Add(Intern(new Prefix<TAddress>(TAddress.Read(bytes), length)), pathId);
            field = field[(1 + size)..];
        }

        return true;
    }

    internal override int WriteNlri(int id, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[16];
        Prefix<TAddress> prefix = _prefixes[id];
        prefix.Address.Write(bytes);
        int size = (prefix.Length + 7) >> 3;
        destination[0] = prefix.Length;
        bytes[..size].CopyTo(destination[1..]);
        return 1 + size;
    }

    private int Intern(Prefix<TAddress> prefix)
    {
        int slot = FindSlot(prefix);
        if (_slots[slot] != 0)
        {
            return _slots[slot] - 1;
        }

        if (_count == _prefixes.Length)
        {
            Grow();
            slot = FindSlot(prefix);
        }

        _prefixes[_count] = prefix;
        _slots[slot] = ++_count;
        return _count - 1;
    }

    private int FindSlot(Prefix<TAddress> prefix)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(prefix.Address.StableHash() + (prefix.Length * 0x9E3779B1u)) & mask;
        while (_slots[slot] != 0 && _prefixes[_slots[slot] - 1] != prefix)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        Array.Resize(ref _prefixes, _prefixes.Length * 2);
        _slots = new int[_prefixes.Length * 2];
        for (int id = 0; id < _count; id++)
        {
            _slots[FindSlot(_prefixes[id])] = id + 1;
        }
    }
}
