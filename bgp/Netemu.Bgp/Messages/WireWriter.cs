using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Messages;

/// <summary>A cursor that writes into a span which the caller has made large enough.</summary>
internal ref struct WireWriter(Span<byte> bytes)
{
    private readonly Span<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes[..Position];

    public void WriteByte(byte value) => _bytes[Position++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[Position..], value);
        Position += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes[Position..], value);
        Position += sizeof(uint);
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Skips <paramref name="count"/> bytes and returns where they start, for a length written later.</summary>
    public int Reserve(int count)
    {
        int start = Position;
        Position += count;
        return start;
    }

    public readonly void PatchByte(int position, byte value) => _bytes[position] = value;

    public readonly void PatchUInt16(int position, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[position..], (ushort)value);
}
