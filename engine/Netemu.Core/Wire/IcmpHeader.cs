using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>An ICMP message (RFC 792): type, code, checksum and four bytes whose meaning the type decides.</summary>
public readonly ref struct IcmpHeader
{
    public const int Size = 8;
    public const int ChecksumOffset = 2;
    public const int RestOffset = 4;

    private readonly Span<byte> _bytes;

    private IcmpHeader(Span<byte> bytes) => _bytes = bytes;

    public IcmpType Type => (IcmpType)_bytes[0];

    public byte Code => _bytes[1];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Identifier and sequence number of an echo, gateway of a redirect, MTU of "fragmentation needed".</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RestOffset..]);

    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[RestOffset..]);

    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(RestOffset + 2)..]);

    /// <summary>The next-hop MTU of "fragmentation needed" (RFC 1191 section 4).</summary>
    public ushort Mtu => SequenceNumber;

    /// <summary>The data of an echo, or the offending datagram of an error.</summary>
    public Span<byte> Payload => _bytes[Size..];

    public bool IsError =>
        Type is IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem or IcmpType.Redirect
            or (IcmpType)4;

    public static WireError TryParse(Span<byte> bytes, out IcmpHeader header)
    {
        header = new IcmpHeader(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        return InternetChecksum.Compute(bytes) == 0 ? WireError.None : WireError.BadChecksum;
    }

    /// <summary>Writes the header and the checksum over all of <paramref name="bytes"/>; the payload must be in place.</summary>
    public static void Write(Span<byte> bytes, IcmpType type, byte code, uint rest)
    {
        bytes[0] = (byte)type;
        bytes[1] = code;
        bytes[2] = 0;
        bytes[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[RestOffset..], rest);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], InternetChecksum.Compute(bytes));
    }
}
