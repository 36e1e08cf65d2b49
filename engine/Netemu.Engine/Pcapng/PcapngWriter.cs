using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Netemu.Core.Time;

namespace Netemu.Engine.Pcapng;

/// <summary>
/// Writes packets of many interfaces as one pcapng section (draft-ietf-opsawg-pcapng): little-endian, time in nanoseconds,
/// nothing in it but what the caller gave, so that equal runs give equal files.
/// </summary>
/// <remarks>
/// Only whole blocks reach the stream: what was written before the last <see cref="Flush"/> is a valid file whatever
/// happens afterwards. Interfaces are described where their first packet stands. No packet allocates. Errors of the
/// stream pass through.
/// <code>
/// section header | interface 0 | packet | packet | interface 1 | packet | ... | [statistics]
/// </code>
/// </remarks>
public sealed class PcapngWriter : IDisposable
{
    /// <summary>Fits the second-level cache of common processors together with what fills it.</summary>
    public const int DefaultBufferSize = 256 * 1024;

    private const int NotDescribed = -1;
    private const int PacketHeaderSize = 28;
    private const int LongestOption = ushort.MaxValue;
    private const int LongestCharacter = 3;
    private const byte NanosecondResolution = 9;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly List<PcapngInterface> _interfaces = [];
    private readonly List<int> _identifiers = [];
    private byte[] _buffer;
    private int _position;
    private int _described;
    private bool _disposed;

    public PcapngWriter(Stream stream, bool leaveOpen = false, int bufferSize = DefaultBufferSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 256);
        _stream = stream;
        _leaveOpen = leaveOpen;
        _buffer = new byte[bufferSize];
        WriteSectionHeader();
    }

    /// <summary>Makes an interface known and returns its handle. Nothing is written until it has a packet.</summary>
    public int AddInterface(PcapngInterface description)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(description.SnapLength);
        _interfaces.Add(description);
        _identifiers.Add(NotDescribed);
        return _interfaces.Count - 1;
    }

    /// <summary>Writes a packet, cut to its interface's snap length.</summary>
    /// <param name="interfaceHandle">What <see cref="AddInterface"/> returned.</param>
    /// <param name="time">When the packet passed the interface.</param>
    /// <param name="packet">Its bytes from the link layer on, or the first of them.</param>
    /// <param name="direction">Which way it went, if that is known.</param>
    /// <param name="originalLength">Its length on the wire, if <paramref name="packet"/> is not all of it.</param>
    /// <param name="comment">A text for the reader, such as a drop reason.</param>
    public void Write(
        int interfaceHandle,
        SimTime time,
        ReadOnlySpan<byte> packet,
        PcapngDirection direction = PcapngDirection.Unknown,
        int originalLength = 0,
        ReadOnlySpan<char> comment = default)
    {
        int identifier = Describe(interfaceHandle);
        int snapLength = _interfaces[interfaceHandle].SnapLength;
        originalLength = Math.Max(originalLength, packet.Length);
        if (snapLength > 0 && packet.Length > snapLength)
        {
            packet = packet[..snapLength];
        }

        int padded = PcapngFormat.Padded(packet.Length);
        int longestComment = comment.IsEmpty ? 0 : 8 + Math.Min(comment.Length * LongestCharacter, LongestOption);
        Span<byte> block = Reserve(PacketHeaderSize + padded + 8 + longestComment + 4 + 4);
        Span<byte> header = block[..PacketHeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, PcapngFormat.EnhancedPacketBlock);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], identifier);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)(time.Nanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)time.Nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], originalLength);
        packet.CopyTo(block[PacketHeaderSize..]);
        block[(PacketHeaderSize + packet.Length)..(PacketHeaderSize + padded)].Clear();

        int length = PacketHeaderSize + padded;
        if (direction != PcapngDirection.Unknown)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block[length..], PcapngFormat.PacketFlags | (4 << 16));
            BinaryPrimitives.WriteUInt32LittleEndian(block[(length + 4)..], (uint)direction);
            length += 8;
        }

        if (!comment.IsEmpty)
        {
            length += WriteText(block[length..], PcapngFormat.Comment, comment);
        }

        bool options = length > PacketHeaderSize + padded;
        Finish(block, length, options);
    }

    /// <summary>Writes an interface statistics block: what it received and what it dropped up to <paramref name="time"/>.</summary>
    public void WriteStatistics(int interfaceHandle, SimTime time, long received, long dropped)
    {
        int identifier = Describe(interfaceHandle);
        Span<byte> block = Reserve(20 + 12 + 12 + 4 + 4);
        BinaryPrimitives.WriteUInt32LittleEndian(block, PcapngFormat.InterfaceStatisticsBlock);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], identifier);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)(time.Nanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)time.Nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(block[20..], PcapngFormat.StatisticsReceived | (8 << 16));
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], received);
        BinaryPrimitives.WriteUInt32LittleEndian(block[32..], PcapngFormat.StatisticsDropped | (8 << 16));
        BinaryPrimitives.WriteInt64LittleEndian(block[36..], dropped);
        Finish(block, 44, options: true);
    }

    /// <summary>Passes every block on to the stream and flushes it.</summary>
    public void Flush()
    {
        Drain();
        _stream.Flush();
    }

    /// <summary>Flushes; the file needs no closing block.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void WriteSectionHeader()
    {
        Span<byte> block = Reserve(64);
        BinaryPrimitives.WriteUInt32LittleEndian(block, PcapngFormat.SectionHeaderBlock);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], PcapngFormat.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(block[14..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1); // The section's length is not known beforehand.
        int length = 24 + WriteText(block[24..], PcapngFormat.SectionUserApplication, "netemu");
        Finish(block, length, options: true);
    }

    private int Describe(int interfaceHandle)
    {
        int identifier = _identifiers[interfaceHandle];
        if (identifier == NotDescribed)
        {
            identifier = _described++;
            _identifiers[interfaceHandle] = identifier;
            WriteInterface(_interfaces[interfaceHandle]);
        }

        return identifier;
    }

    private void WriteInterface(PcapngInterface description)
    {
        string text = description.Description ?? string.Empty;
        int longestText = Math.Min(description.Name.Length * LongestCharacter, LongestOption)
            + Math.Min(text.Length * LongestCharacter, LongestOption);
        Span<byte> block = Reserve(16 + 8 + 8 + longestText + 8 + 4 + 4);
        BinaryPrimitives.WriteUInt32LittleEndian(block, PcapngFormat.InterfaceDescriptionBlock);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], (uint)description.LinkType);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], description.SnapLength);
        int length = 16;
        if (description.Name.Length > 0)
        {
            length += WriteText(block[length..], PcapngFormat.InterfaceName, description.Name);
        }

        if (text.Length > 0)
        {
            length += WriteText(block[length..], PcapngFormat.InterfaceDescription, text);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block[length..], PcapngFormat.InterfaceTimestampResolution | (1 << 16));
        BinaryPrimitives.WriteUInt32LittleEndian(block[(length + 4)..], NanosecondResolution);
        Finish(block, length + 8, options: true);
    }

    /// <summary>Writes a text option, as many whole characters of it as an option can hold, and returns its size.</summary>
    private static int WriteText(Span<byte> destination, ushort code, ReadOnlySpan<char> text)
    {
        if (text.Length * LongestCharacter > LongestOption)
        {
            int kept = LongestOption / LongestCharacter;
            text = text[..(char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept)];
        }

        int length = Encoding.UTF8.GetBytes(text, destination[4..]);
        int padded = PcapngFormat.Padded(length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination, code);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], (ushort)length);
        destination[(4 + length)..(4 + padded)].Clear();
        return 4 + padded;
    }

    /// <summary>Ends the block that stands at the position and moves past it.</summary>
    private void Finish(Span<byte> block, int length, bool options)
    {
        if (options)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block[length..], PcapngFormat.EndOfOptions);
            length += 4;
        }

        length += 4;
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(block[(length - 4)..], length);
        _position += length;
    }

    /// <summary>At least <paramref name="size"/> bytes at the position; older blocks go to the stream to make room.</summary>
    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _position < size)
        {
            Drain();
            if (_buffer.Length < size)
            {
                _buffer = new byte[size];
            }
        }

        return _buffer.AsSpan(_position);
    }

    private void Drain()
    {
        if (_position > 0)
        {
            // Reset first: blocks that the stream refused, as a closed pipe does, are not offered to it again.
            int length = _position;
            _position = 0;
            _stream.Write(_buffer, 0, length);
        }
    }
}
