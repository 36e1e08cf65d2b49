using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Attributes;

/// <summary>Walks attributes whose framing is known to be right: those of an interned set.</summary>
internal ref struct AttributeEnumerator(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public AttributeFlags Flags { get; private set; }

    public AttributeType Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public int ValueOffset { get; private set; }

    /// <summary>Where the next attribute starts.</summary>
    public int Position { get; private set; }

    public bool MoveNext()
    {
        if (Position >= _bytes.Length)
        {
            return false;
        }

        Flags = (AttributeFlags)_bytes[Position];
        Type = (AttributeType)_bytes[Position + 1];
        bool extended = (Flags & AttributeFlags.ExtendedLength) != 0;
        int length = extended
            ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[(Position + 2)..])
            : _bytes[Position + 2];
        ValueOffset = Position + (extended ? 4 : 3);
        Value = _bytes.Slice(ValueOffset, length);
        Position = ValueOffset + length;
        return true;
    }
}
