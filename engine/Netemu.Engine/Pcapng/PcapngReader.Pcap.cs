using System;

namespace Netemu.Engine.Pcapng;

/// <content>Classic pcap (draft-ietf-opsawg-pcap): one header, then records.</content>
public sealed partial class PcapngReader
{
    private bool _isNanoseconds;

    private PcapngError ReadPcapHeader()
    {
        if (!_window.Fill(PcapngFormat.PcapHeaderSize))
        {
            return PcapngError.Truncated;
        }

        ReadOnlySpan<byte> header = _window.Peek(PcapngFormat.PcapHeaderSize);
        if (_order.UInt16(header[4..]) != 2)
        {
            return PcapngError.BadVersion;
        }

        // Section 4: the upper bits of the link type tell the length of a frame check sequence.
        ushort linkType = (ushort)_order.UInt32(header[20..]);
        int snapLength = (int)Math.Min(_order.UInt32(header[16..]), MaximumBlockLength);
        _isNanoseconds = _order.UInt32(header) == PcapngFormat.PcapNanoseconds;
        _interfaces.Add(new PcapngInterface(string.Empty, LinkType: (LinkType)linkType, SnapLength: snapLength));
        _window.Skip(PcapngFormat.PcapHeaderSize);
        return PcapngError.None;
    }

    private PcapngError ReadRecord(out PcapngPacket packet)
    {
        packet = default;
        if (!_window.Fill(PcapngFormat.PcapRecordHeaderSize))
        {
            return _window.Available == 0 ? PcapngError.EndOfStream : PcapngError.Truncated;
        }

        ReadOnlySpan<byte> header = _window.Peek(PcapngFormat.PcapRecordHeaderSize);
        uint seconds = _order.UInt32(header);
        uint fraction = _order.UInt32(header[4..]);
        uint captured = _order.UInt32(header[8..]);
        uint original = _order.UInt32(header[12..]);
        if (captured > MaximumBlockLength)
        {
            return PcapngError.TooLong;
        }

        _consumed = PcapngFormat.PcapRecordHeaderSize + (int)captured;
        if (!_window.Fill(_consumed))
        {
            return PcapngError.Truncated;
        }

        long nanoseconds = (seconds * 1_000_000_000L) + (fraction * (_isNanoseconds ? 1L : 1_000L));
        packet = new PcapngPacket
        {
            Time = new(nanoseconds),
            OriginalLength = original,
            Data = _window.Peek(_consumed)[PcapngFormat.PcapRecordHeaderSize..],
        };
        return PcapngError.None;
    }
}
