using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>A GRE header (RFC 2784, with the key and sequence number of RFC 2890).</summary>
internal readonly struct GreHeader
{
    public const int MinimumSize = 4;
    private const ushort ChecksumFlag = 0x8000;
    private const ushort KeyFlag = 0x2000;
    private const ushort SequenceFlag = 0x1000;

    /// <summary>Routing and the version must be zero (gre_parse_header).</summary>
    private const ushort Refused = 0x4007;

    private GreHeader(ushort flags, ushort protocol, int length, uint key, uint sequence, bool checksumFails)
    {
        Flags = flags;
        Protocol = protocol;
        Length = length;
        Key = key;
        Sequence = sequence;
        ChecksumFails = checksumFails;
    }

    public ushort Flags { get; }

    public ushort Protocol { get; }

    public int Length { get; }

    public uint Key { get; }

    public uint Sequence { get; }

    public bool ChecksumFails { get; }

    public bool HasChecksum => (Flags & ChecksumFlag) != 0;

    public bool HasKey => (Flags & KeyFlag) != 0;

    public bool HasSequence => (Flags & SequenceFlag) != 0;

    public static int SizeOf(bool checksum, bool key, bool sequence) =>
        MinimumSize + (checksum ? 4 : 0) + (key ? 4 : 0) + (sequence ? 4 : 0);

    /// <summary>Reads the header at the start of an IP payload; false if it is cut short or of a kind that is not taken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out GreHeader header)
    {
        header = default;
        if (payload.Length < MinimumSize)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(payload);
        bool hasChecksum = (flags & ChecksumFlag) != 0;
        bool hasKey = (flags & KeyFlag) != 0;
        bool hasSequence = (flags & SequenceFlag) != 0;
        int length = SizeOf(hasChecksum, hasKey, hasSequence);
        if ((flags & Refused) != 0 || payload.Length < length)
        {
            return false;
        }

        int offset = MinimumSize + (hasChecksum ? 4 : 0);
        uint key = hasKey ? BinaryPrimitives.ReadUInt32BigEndian(payload[offset..]) : 0;
        uint sequence = hasSequence ? BinaryPrimitives.ReadUInt32BigEndian(payload[(offset + (hasKey ? 4 : 0))..]) : 0;
        bool fails = hasChecksum && InternetChecksum.Compute(payload) != 0;
        header = new GreHeader(flags, BinaryPrimitives.ReadUInt16BigEndian(payload[2..]), length, key, sequence, fails);
        return true;
    }

    /// <summary>Writes a header in front of its payload, both in <paramref name="bytes"/>, with the checksum if one is wanted.</summary>
    public static void Write(Span<byte> bytes, ushort protocol, bool checksum, uint? key, uint? sequence)
    {
        ushort flags = (ushort)((checksum ? ChecksumFlag : 0) | (key is null ? 0 : KeyFlag) | (sequence is null ? 0 : SequenceFlag));
        BinaryPrimitives.WriteUInt16BigEndian(bytes, flags);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], protocol);
        int offset = MinimumSize;
        if (checksum)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], 0);
            offset += 4;
        }

        if (key is { } keyed)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], keyed);
            offset += 4;
        }

        if (sequence is { } number)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], number);
        }

        if (checksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes[MinimumSize..], InternetChecksum.Compute(bytes));
        }
    }
}
