using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Messages;

/// <summary>A cursor over received bytes. Every read says whether there was enough; a failed read moves nothing.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How far the cursor has come.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    public bool TryReadByte(out byte value)
    {
        if (Remaining < 1)
        {
            value = 0;
            return false;
        }

        value = _bytes[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_bytes[Position..], out value))
        {
            return false;
        }

        Position += sizeof(ushort);
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_bytes[Position..], out value))
        {
            return false;
        }

        Position += sizeof(uint);
        return true;
    }

    public bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        if (Remaining < length)
        {
            taken = default;
            return false;
        }

        taken = _bytes.Slice(Position, length);
        Position += length;
        return true;
    }
}
