using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>
/// A <see cref="PrefixTable"/> for IPv4, where a table of a million is read from packed messages: address, length and id of
/// a prefix stand in one word, so that a lookup is one probe.
/// </summary>
/// <remarks>
/// <code>
/// slot: | address 32 | length 6 | id + 1: 26 |; 0 is free
/// </code>
/// </remarks>
internal sealed class IPv4PrefixTable : PrefixTable
{
    private const int IdBits = 26;
    private const ulong IdMask = (1UL << IdBits) - 1;
    private const int LengthBits = 6;
    private const ulong Multiplier = 0x9E3779B97F4A7C15UL;

    private ulong[] _slots = new ulong[64];
    private ulong[] _keys = new ulong[32];
    private int _shift = 64 - 6;
    private int _count;

    /// <summary>The id after the one that was read last: what was announced in a row is announced in a row again.</summary>
    private int _following;

    public override AddressFamily Family => AddressFamily.IPv4;

    public override int Count => _count;

    public override InternetPrefix this[int id] => new(new IPv4Address(AddressOf(_keys[id])), LengthOf(_keys[id]));

    public override int Intern(InternetPrefix prefix) => prefix.IsIPv4
        ? Intern(KeyOf(prefix.Address.IPv4.Value, prefix.Length))
        : throw new ArgumentException($"{prefix} is not of the family {Family}", nameof(prefix));

    public override bool TryFind(InternetPrefix prefix, out int id)
    {
        id = -1;
        if (prefix.IsIPv4)
        {
            id = (int)(_slots[FindSlot(KeyOf(prefix.Address.IPv4.Value, prefix.Length))] & IdMask) - 1;
        }

        return id >= 0;
    }

    internal override bool TryReadNlri(ReadOnlySpan<byte> field, bool addPath, NlriBuffer into)
    {
        while (field.Length > 0)
        {
            uint pathId = 0;
            if (addPath)
            {
                if (field.Length <= sizeof(uint))
                {
                    return false;
                }

                pathId = BinaryPrimitives.ReadUInt32BigEndian(field);
                field = field[sizeof(uint)..];
            }

            int length = field[0];
            int size = (length + 7) >> 3;
            if (length > IPv4Address.Bits || field.Length <= size)
            {
                return false;
            }

            // RFC 4271 section 4.3: the bits past the length don't matter. Usually they belong to the next prefix.
            uint address = field.Length > sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(field[1..]) : ReadShort(field[1..]);
            ulong key = KeyOf(address & IPv4Address.MaskOf(length), length);
            int id = _following < _count && _keys[_following] == key ? _following : Intern(key);
            _following = id + 1;
            into.Add(id, pathId);
            field = field[(1 + size)..];
        }

        return true;
    }

    internal override int WriteNlri(int id, Span<byte> destination)
    {
        ulong key = _keys[id];
        int length = LengthOf(key);
        int size = (length + 7) >> 3;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, AddressOf(key));
        destination[0] = (byte)length;
        bytes[..size].CopyTo(destination[1..]);
        return 1 + size;
    }

    private static uint ReadShort(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (int i = 0; i < sizeof(uint); i++)
        {
            value = (value << 8) | (i < bytes.Length ? bytes[i] : 0u);
        }

        return value;
    }

    private static ulong KeyOf(uint address, int length) => ((ulong)address << LengthBits) | (uint)length;

    private static uint AddressOf(ulong key) => (uint)(key >> LengthBits);

    private static int LengthOf(ulong key) => (int)(key & ((1 << LengthBits) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Intern(ulong key)
    {
        ulong found = _slots[FindSlot(key)];
        return found != 0 ? (int)(found & IdMask) - 1 : Add(key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindSlot(ulong key)
    {
        ulong[] slots = _slots;
        int mask = slots.Length - 1;
        int slot = (int)((key * Multiplier) >> _shift);
        while (slots[slot] != 0 && slots[slot] >> IdBits != key)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private int Add(ulong key)
    {
        if (_count == _keys.Length)
        {
            Grow();
        }

        _keys[_count] = key;
        _slots[FindSlot(key)] = (key << IdBits) | (uint)(_count + 1);
        return _count++;
    }

    private void Grow()
    {
        if (_keys.Length * 2L > (long)IdMask)
        {
            throw new InvalidOperationException("more than 33 million IPv4 prefixes");
        }

        Array.Resize(ref _keys, _keys.Length * 2);
        _slots = new ulong[_keys.Length * 2];
        _shift--;
        for (int id = 0; id < _count; id++)
        {
            _slots[FindSlot(_keys[id])] = (_keys[id] << IdBits) | (uint)(id + 1);
        }
    }
}
