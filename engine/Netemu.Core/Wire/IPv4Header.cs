using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>An IPv4 header (RFC 791) as a view: one check, then accessors that cannot fail.</summary>
public readonly ref struct IPv4Header
{
    public const int MinimumSize = 20;
    public const int TotalLengthOffset = 2;
    public const int IdentificationOffset = 4;
    public const int FlagsOffset = 6;
    public const int TtlOffset = 8;
    public const int ProtocolOffset = 9;
    public const int ChecksumOffset = 10;
    public const int SourceOffset = 12;
    public const int DestinationOffset = 16;
    public const ushort DontFragmentFlag = 0x4000;
    public const ushort MoreFragmentsFlag = 0x2000;
    public const ushort FragmentOffsetMask = 0x1FFF;

    private readonly Span<byte> _bytes;

    /// <summary>Views bytes that a device has already checked.</summary>
    public IPv4Header(Span<byte> bytes) => _bytes = bytes;

    public int HeaderLength => (_bytes[0] & 0xF) * 4;

    public byte TrafficClass => _bytes[1];

    public ushort TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[TotalLengthOffset..]);

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[IdentificationOffset..]);

    public ushort FlagsAndOffset => BinaryPrimitives.ReadUInt16BigEndian(_bytes[FlagsOffset..]);

    public bool DontFragment => (FlagsAndOffset & DontFragmentFlag) != 0;

    public bool MoreFragments => (FlagsAndOffset & MoreFragmentsFlag) != 0;

    /// <summary>The offset of this fragment's payload in bytes.</summary>
    public int FragmentOffset => (FlagsAndOffset & FragmentOffsetMask) * 8;

    public bool IsFragment => (FlagsAndOffset & (MoreFragmentsFlag | FragmentOffsetMask)) != 0;

    public byte Ttl => _bytes[TtlOffset];

    public IPProtocol Protocol => (IPProtocol)_bytes[ProtocolOffset];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    public IPv4Address Source => IPv4Address.Read(_bytes[SourceOffset..]);

    public IPv4Address Destination => IPv4Address.Read(_bytes[DestinationOffset..]);

    public Span<byte> Options => _bytes[MinimumSize..HeaderLength];

    /// <summary>The bytes after the header, up to <see cref="TotalLength"/>: padding is not payload.</summary>
    public Span<byte> Payload => _bytes[HeaderLength..TotalLength];

    /// <summary>Checks everything a router must check before it looks at an address (RFC 1812 section 5.2.2).</summary>
    public static WireError TryParse(Span<byte> bytes, out IPv4Header header)
    {
        WireError error = TryParseStructure(bytes, out header);
        if (error != WireError.None)
        {
            return error;
        }

        ushort checksum = header.HeaderLength == MinimumSize
            ? InternetChecksum.ComputeHeader(bytes)
            : InternetChecksum.Compute(bytes[..header.HeaderLength]);
        return checksum == 0 ? WireError.None : WireError.BadChecksum;
    }

    /// <summary>The checks of <see cref="TryParse"/> without the checksum, for bytes that are known to be summed right.</summary>
    public static WireError TryParseStructure(Span<byte> bytes, out IPv4Header header)
    {
        header = new IPv4Header(bytes);
        if (bytes.Length < MinimumSize)
        {
            return WireError.Truncated;
        }

        if (bytes[0] >> 4 != 4)
        {
            return WireError.BadVersion;
        }

        if (header.HeaderLength < MinimumSize
            || header.TotalLength < header.HeaderLength
            || bytes.Length < header.TotalLength)
        {
            return WireError.BadLength;
        }

        return WireError.None;
    }

    /// <summary>Writes a header without options and its checksum.</summary>
    public static void Write(
        Span<byte> bytes,
        byte trafficClass,
        int totalLength,
        ushort identification,
        ushort flagsAndOffset,
        byte ttl,
        IPProtocol protocol,
        IPv4Address source,
        IPv4Address destination)
    {
        // One check of the length, then whole words.
        bytes = bytes[..MinimumSize];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x4500_0000 | ((uint)trafficClass << 16) | (ushort)totalLength);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[IdentificationOffset..], ((uint)identification << 16) | flagsAndOffset);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[TtlOffset..], ((uint)ttl << 24) | ((uint)protocol << 16));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SourceOffset..], source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DestinationOffset..], destination.Value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], InternetChecksum.ComputeHeader(bytes));
    }

    /// <summary>Computes the checksum of <paramref name="header"/> anew and puts it in place.</summary>
    public static void WriteChecksum(Span<byte> header)
    {
        header[ChecksumOffset] = 0;
        header[ChecksumOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], InternetChecksum.Compute(header));
    }
}
