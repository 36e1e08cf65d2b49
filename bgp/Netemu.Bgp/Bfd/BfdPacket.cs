using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Bfd;

/// <summary>A BFD control packet without authentication (RFC 5880 section 4.1). Intervals are microseconds.</summary>
public readonly record struct BfdPacket
{
    public const int Size = 24;

    private const byte Version = 1;
    private const byte PollBit = 0x20;
    private const byte FinalBit = 0x10;
    private const byte AuthenticationBit = 0x04;
    private const byte MultipointBit = 0x01;

    public BfdState State { get; init; }

    public BfdDiagnostic Diagnostic { get; init; }

    public bool Poll { get; init; }

    public bool Final { get; init; }

    public byte DetectMultiplier { get; init; }

    public uint MyDiscriminator { get; init; }

    public uint YourDiscriminator { get; init; }

    public uint DesiredMinTx { get; init; }

    public uint RequiredMinRx { get; init; }

    /// <summary>
    /// Reads a packet with the checks of section 6.8.6 that need no session. False if it must be discarded.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BfdPacket packet)
    {
        packet = default;
        if (bytes.Length < Size || bytes[0] >> 5 != Version || bytes[3] < Size || bytes[3] > bytes.Length)
        {
            return false;
        }

        byte flags = bytes[1];
        packet = new BfdPacket
        {
            Diagnostic = (BfdDiagnostic)(bytes[0] & 0x1F),
            State = (BfdState)(flags >> 6),
            Poll = (flags & PollBit) != 0,
            Final = (flags & FinalBit) != 0,
            DetectMultiplier = bytes[2],
            MyDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            YourDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            DesiredMinTx = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            RequiredMinRx = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
        };

        // No authentication is in use here, so a packet with some is discarded.
        bool needsDiscriminator = packet.State is not (BfdState.Down or BfdState.AdminDown);
        return packet.DetectMultiplier != 0
            && packet.MyDiscriminator != 0
            && (flags & (MultipointBit | AuthenticationBit)) == 0
            && (packet.YourDiscriminator != 0 || !needsDiscriminator);
    }

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        bytes[0] = (byte)((Version << 5) | (byte)Diagnostic);
        bytes[1] = (byte)(((byte)State << 6) | (Poll ? PollBit : 0) | (Final ? FinalBit : 0));
        bytes[2] = DetectMultiplier;
        bytes[3] = Size;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], MyDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], YourDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], DesiredMinTx);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], RequiredMinRx);
    }
}
