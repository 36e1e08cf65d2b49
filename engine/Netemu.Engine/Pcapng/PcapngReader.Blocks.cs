using System;
using System.Text;
using Netemu.Core.Time;

namespace Netemu.Engine.Pcapng;

/// <content>The blocks of pcapng. Blocks that carry no packet and describe no interface are skipped.</content>
public sealed partial class PcapngReader
{
    private PcapngError ReadBlocks(out PcapngPacket packet)
    {
        while (true)
        {
            packet = default;
            PcapngError error = FrameBlock(out uint type, out ReadOnlySpan<byte> body);
            if (error != PcapngError.None)
            {
                return error;
            }

            error = type switch
            {
                PcapngFormat.SectionHeaderBlock => StartSection(body),
                PcapngFormat.InterfaceDescriptionBlock => AddInterface(body),
                PcapngFormat.EnhancedPacketBlock => ReadEnhancedPacket(body, out packet),
                PcapngFormat.SimplePacketBlock => ReadSimplePacket(body, out packet),
                PcapngFormat.ObsoletePacketBlock => ReadObsoletePacket(body, out packet),
                _ => PcapngError.None,
            };
            bool isPacket = type is PcapngFormat.EnhancedPacketBlock
                or PcapngFormat.SimplePacketBlock
                or PcapngFormat.ObsoletePacketBlock;
            if (error != PcapngError.None || isPacket)
            {
                return error;
            }

            _window.Skip(_consumed);
            _consumed = 0;
        }
    }

    /// <summary>Finds the end of the block at the position and checks that both of its lengths agree (section 3.1).</summary>
    private PcapngError FrameBlock(out uint type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        if (!_window.Fill(PcapngFormat.BlockOverhead))
        {
            return _window.Available == 0 ? PcapngError.EndOfStream : PcapngError.Truncated;
        }

        ReadOnlySpan<byte> start = _window.Peek(PcapngFormat.BlockOverhead);
        type = _order.UInt32(start);
        if (type == PcapngFormat.SectionHeaderBlock)
        {
            // The type is the same in both byte orders; the magic after the length tells which it is.
            if (new ByteOrder(false).UInt32(start[8..]) == PcapngFormat.ByteOrderMagic)
            {
                _order = new ByteOrder(false);
            }
            else if (new ByteOrder(true).UInt32(start[8..]) == PcapngFormat.ByteOrderMagic)
            {
                _order = new ByteOrder(true);
            }
            else
            {
                return PcapngError.BadMagic;
            }
        }

        uint length = _order.UInt32(start[4..]);
        if (length > MaximumBlockLength)
        {
            return PcapngError.TooLong;
        }

        if (length < PcapngFormat.BlockOverhead || length % 4 != 0)
        {
            return PcapngError.BadLength;
        }

        if (!_window.Fill((int)length))
        {
            return PcapngError.Truncated;
        }

        _consumed = (int)length;
        ReadOnlySpan<byte> block = _window.Peek((int)length);
        body = block[8..^4];
        return _order.UInt32(block[^4..]) == length ? PcapngError.None : PcapngError.BadLength;
    }

    private PcapngError StartSection(ReadOnlySpan<byte> body)
    {
        _interfaces.Clear();
        _scales.Clear();
        if (body.Length < 16)
        {
            return PcapngError.BadLength;
        }

        // Section 4.1: minor versions other than 0 and 2 may not be read; 2 differs only in that it was written.
        return _order.UInt16(body[4..]) == 1 ? PcapngError.None : PcapngError.BadVersion;
    }

    private PcapngError AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8)
        {
            return PcapngError.BadLength;
        }

        string name = string.Empty;
        string? description = null;
        TimestampScale scale = TimestampScale.Default;
        OptionCursor option = new(body[8..], _order);
        while (option.MoveNext())
        {
            switch (option.Code)
            {
                case PcapngFormat.InterfaceName:
                    name = Encoding.UTF8.GetString(option.Value);
                    break;
                case PcapngFormat.InterfaceDescription:
                    description = Encoding.UTF8.GetString(option.Value);
                    break;
                case PcapngFormat.InterfaceTimestampResolution when option.Value.Length == 1:
                    scale = scale with { Resolution = option.Value[0] };
                    break;
                case PcapngFormat.InterfaceTimestampOffset when option.Value.Length == 8:
                    scale = scale with { OffsetSeconds = _order.Int64(option.Value) };
                    break;
                case PcapngFormat.InterfaceTimestampResolution or PcapngFormat.InterfaceTimestampOffset:
                    return PcapngError.BadOption;
                default:
                    break;
            }
        }

        int snapLength = (int)Math.Min(_order.UInt32(body[4..]), MaximumBlockLength);
        _interfaces.Add(new PcapngInterface(name, description, (LinkType)_order.UInt16(body), snapLength));
        _scales.Add(scale);
        return option.IsMalformed ? PcapngError.BadOption : PcapngError.None;
    }

    private PcapngError ReadEnhancedPacket(ReadOnlySpan<byte> body, out PcapngPacket packet)
    {
        packet = default;
        return body.Length < 20 ? PcapngError.BadLength : ReadPacket(body, _order.UInt32(body), out packet);
    }

    /// <summary>Appendix A: as an enhanced packet, but 16 bits of interface and 16 of drop count before the time.</summary>
    private PcapngError ReadObsoletePacket(ReadOnlySpan<byte> body, out PcapngPacket packet)
    {
        packet = default;
        return body.Length < 20 ? PcapngError.BadLength : ReadPacket(body, _order.UInt16(body), out packet);
    }

    private PcapngError ReadPacket(ReadOnlySpan<byte> body, uint interfaceIndex, out PcapngPacket packet)
    {
        packet = default;
        if (interfaceIndex >= (uint)_interfaces.Count)
        {
            return PcapngError.UnknownInterface;
        }

        uint captured = _order.UInt32(body[12..]);
        if (captured > (uint)body.Length - 20)
        {
            return PcapngError.BadLength;
        }

        ulong units = ((ulong)_order.UInt32(body[4..]) << 32) | _order.UInt32(body[8..]);
        if (!_scales[(int)interfaceIndex].TryConvert(units, out SimTime time))
        {
            return PcapngError.BadTimestamp;
        }

        PcapngDirection direction = PcapngDirection.Unknown;
        ReadOnlySpan<byte> comment = default;
        bool hasComment = false;
        OptionCursor option = new(body[(20 + PcapngFormat.Padded((int)captured))..], _order);
        while (option.MoveNext())
        {
            if (option.Code == PcapngFormat.PacketFlags)
            {
                if (option.Value.Length != 4)
                {
                    return PcapngError.BadOption;
                }

                uint bits = _order.UInt32(option.Value) & 3;
                direction = bits == 3 ? PcapngDirection.Unknown : (PcapngDirection)bits;
            }
            else if (option.Code == PcapngFormat.Comment && !hasComment)
            {
                comment = option.Value;
                hasComment = true;
            }
        }

        packet = new PcapngPacket
        {
            InterfaceIndex = (int)interfaceIndex,
            Time = time,
            OriginalLength = _order.UInt32(body[16..]),
            Direction = direction,
            Data = body.Slice(20, (int)captured),
            Comment = comment,
        };
        return option.IsMalformed ? PcapngError.BadOption : PcapngError.None;
    }

    /// <summary>Section 4.4: interface 0, no time, cut to that interface's snap length without saying so.</summary>
    private PcapngError ReadSimplePacket(ReadOnlySpan<byte> body, out PcapngPacket packet)
    {
        packet = default;
        if (_interfaces.Count == 0)
        {
            return PcapngError.UnknownInterface;
        }

        if (body.Length < 4)
        {
            return PcapngError.BadLength;
        }

        uint original = _order.UInt32(body);
        int snapLength = _interfaces[0].SnapLength;
        uint captured = snapLength == 0 ? original : Math.Min(original, (uint)snapLength);
        if (captured > (uint)body.Length - 4)
        {
            return PcapngError.BadLength;
        }

        packet = new PcapngPacket { OriginalLength = original, Data = body.Slice(4, (int)captured) };
        return PcapngError.None;
    }
}
