using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>The options of what is sent, in Linux's order (tcp_options_write), and what those of a SYN settle.</summary>
public sealed partial class TcpConnection
{
    /// <summary>What RFC 9293 section 3.7.1 assumes of a side that sends no MSS option.</summary>
    private const int DefaultSegmentSizeIPv4 = 536;
    private const int DefaultSegmentSizeIPv6 = 1220;

    private uint _timestampRecent;
    private long _timestampRecentTime;

    private uint Timestamp => TimestampAt(Now.Nanoseconds);

    /// <summary>Settles what the SYN of the other side offers.</summary>
    private void Negotiate(in TcpSegment segment)
    {
        TcpSettings settings = _table.Settings;
        SetFlag(TcpFlag.WindowScaling, settings.WindowScaling && segment.Options.HasWindowScale);
        SetFlag(TcpFlag.Sack, settings.SelectiveAcknowledgments && segment.Options.SackPermitted);

        // Linux leaves timestamps out where there is a signature: the space does not suffice.
        SetFlag(TcpFlag.Timestamps, settings.Timestamps && segment.Options.HasTimestamps && _signatureKey is null);
        _sendScale = (_flags & TcpFlag.WindowScaling) != 0 ? segment.Options.WindowScale : (byte)0;
        if ((_flags & TcpFlag.Timestamps) != 0)
        {
            _timestampRecent = segment.Options.TimestampValue;
            _timestampRecentTime = Now.Nanoseconds;
        }

        NegotiateEcn(segment);
        int assumed = RemoteAddress.IsIPv4 ? DefaultSegmentSizeIPv4 : DefaultSegmentSizeIPv6;
        _peerSegmentSize = segment.Options.Mss == 0 ? (ushort)assumed : Math.Max(segment.Options.Mss, (ushort)64);
        UpdateSegmentSize();
        InitializeCongestion();
    }

    /// <summary>RFC 6691: the smaller of what the other side takes and what the path carries, without options of every segment.</summary>
    private void UpdateSegmentSize()
    {
        int options = ((_flags & TcpFlag.Timestamps) != 0 ? 12 : 0) + (_signatureKey is null ? 0 : 20);
        int path = _table.PathMtu(this) - (RemoteAddress.IsIPv4 ? IPv4Header.MinimumSize : IPv6Header.Size) - TcpHeader.MinimumSize;
        _segmentSize = Math.Max(Math.Min((int)_peerSegmentSize, path) - options, 48);
    }

    private int WriteOptions(Span<byte> options, TcpFlags flags, int length)
    {
        int written = 0;
        if (_signatureKey is not null)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options, 0x0101_1312);
            options.Slice(4, TcpSignature.Size).Clear();
            written = 4 + TcpSignature.Size;
        }

        if ((flags & TcpFlags.Syn) != 0)
        {
            return WriteSynchronizeOptions(options, written, flags);
        }

        if ((_flags & TcpFlag.Timestamps) != 0 && (flags & TcpFlags.Rst) == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[written..], 0x0101_080A);
            written = WriteTimestamps(options, written + 4);
        }

        if ((_outOfOrder is not null || _duplicateStart != _duplicateEnd) && length == 0 && (_flags & TcpFlag.Sack) != 0)
        {
            written = WriteSelectiveAcknowledgments(options, written);
        }

        return written;
    }

    private int WriteSynchronizeOptions(Span<byte> options, int written, TcpFlags flags)
    {
        // A SYN offers what is on here; a SYN and ACK only what the other side offered too.
        bool answer = (flags & TcpFlags.Ack) != 0;
        TcpSettings settings = _table.Settings;
        bool timestamps = answer ? (_flags & TcpFlag.Timestamps) != 0 : settings.Timestamps && _signatureKey is null;
        bool selective = answer ? (_flags & TcpFlag.Sack) != 0 : settings.SelectiveAcknowledgments;
        bool scaling = answer ? (_flags & TcpFlag.WindowScaling) != 0 : settings.WindowScaling;
        BinaryPrimitives.WriteUInt32BigEndian(options[written..], 0x0204_0000u | (uint)_table.OwnSegmentSize(this));
        written += 4;
        if (timestamps)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[written..], selective ? 0x0402_080Au : 0x0101_080Au);
            written = WriteTimestamps(options, written + 4);
        }
        else if (selective)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[written..], 0x0101_0402);
            written += 4;
        }

        if (scaling)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[written..], 0x0103_0300u | _receiveScale);
            written += 4;
        }

        return written;
    }

    private int WriteTimestamps(Span<byte> options, int written)
    {
        BinaryPrimitives.WriteUInt32BigEndian(options[written..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(options[(written + 4)..], _timestampRecent);
        return written + 8;
    }

    /// <summary>
    /// RFC 2018 section 4: the block of the segment that came last is the first one, behind a report of duplicates (RFC 2883).
    /// </summary>
    private int WriteSelectiveAcknowledgments(Span<byte> options, int written)
    {
        bool reports = _duplicateStart != _duplicateEnd;
        int blocks = Math.Min((options.Length - written - 4) / 8, (_outOfOrder?.Count ?? 0) + (reports ? 1 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(options[written..], 0x0101_0502u + (uint)(blocks * 8));
        written += 4;
        if (reports)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[written..], _duplicateStart);
            BinaryPrimitives.WriteUInt32BigEndian(options[(written + 4)..], _duplicateEnd);
            written += 8;
            blocks--;
            _duplicateStart = _duplicateEnd;
        }

        if (_outOfOrder is null || blocks == 0)
        {
            return written;
        }

        int newest = Math.Max(_outOfOrder.IndexOf(_lastOutOfOrder), 0);
        written = WriteBlock(options, written, newest);
        for (int i = 0; i < _outOfOrder.Count && blocks > 1; i++)
        {
            if (i != newest)
            {
                written = WriteBlock(options, written, i);
                blocks--;
            }
        }

        return written;
    }

    private int WriteBlock(Span<byte> options, int written, int index)
    {
        (uint start, uint end) = _outOfOrder![index];
        BinaryPrimitives.WriteUInt32BigEndian(options[written..], start);
        BinaryPrimitives.WriteUInt32BigEndian(options[(written + 4)..], end);
        return written + 8;
    }
}
