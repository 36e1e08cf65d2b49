using System;

namespace Netemu.Engine.Pcapng;

/// <summary>Walks the options at the end of a block (pcapng draft, section 3.5), up to opt_endofopt or the block's end.</summary>
internal ref struct OptionCursor(ReadOnlySpan<byte> options, ByteOrder order)
{
    private ReadOnlySpan<byte> _rest = options;

    public ushort Code { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>An option was longer than the block.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            IsMalformed |= !_rest.IsEmpty;
            return false;
        }

        Code = order.UInt16(_rest);
        int length = order.UInt16(_rest[2..]);
        if (Code == PcapngFormat.EndOfOptions)
        {
            return false;
        }

        int padded = 4 + PcapngFormat.Padded(length);
        if (padded > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        Value = _rest.Slice(4, length);
        _rest = _rest[padded..];
        return true;
    }
}
