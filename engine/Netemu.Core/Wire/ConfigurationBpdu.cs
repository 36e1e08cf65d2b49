using System;
using System.Buffers.Binary;
using Netemu.Core.Time;

namespace Netemu.Core.Wire;

/// <summary>A configuration BPDU of 802.1D-1998 section 9.3.1: what a bridge says of the root, and how far it is from it.</summary>
public readonly record struct ConfigurationBpdu
{
    /// <summary>Protocol, version and type; 32 bytes follow.</summary>
    public const int Size = 35;

    /// <summary>A topology change notification is the first four bytes alone.</summary>
    public const int NotificationSize = 4;

    public const byte ConfigurationType = 0;
    public const byte NotificationType = 0x80;

    private const byte ChangeFlag = 1;
    private const byte AcknowledgementFlag = 0x80;

    public bool TopologyChange { get; init; }

    public bool TopologyChangeAcknowledgement { get; init; }

    public BridgeId Root { get; init; }

    public uint RootPathCost { get; init; }

    public BridgeId Bridge { get; init; }

    public ushort Port { get; init; }

    public Duration MessageAge { get; init; }

    public Duration MaximumAge { get; init; }

    public Duration HelloTime { get; init; }

    public Duration ForwardDelay { get; init; }

    /// <summary>The type of the BPDU that begins <paramref name="bytes"/>; null if it is none of 802.1D's.</summary>
    public static byte? TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= NotificationSize && (bytes[0] | bytes[1] | bytes[2]) == 0 ? bytes[3] : null;

    /// <summary>Reads a configuration BPDU; the caller has looked at its type.</summary>
    public static WireError TryParse(ReadOnlySpan<byte> bytes, out ConfigurationBpdu bpdu)
    {
        bpdu = default;
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        bpdu = new ConfigurationBpdu
        {
            TopologyChange = (bytes[4] & ChangeFlag) != 0,
            TopologyChangeAcknowledgement = (bytes[4] & AcknowledgementFlag) != 0,
            Root = BridgeId.Read(bytes[5..]),
            RootPathCost = BinaryPrimitives.ReadUInt32BigEndian(bytes[13..]),
            Bridge = BridgeId.Read(bytes[17..]),
            Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[25..]),
            MessageAge = ReadTime(bytes[27..]),
            MaximumAge = ReadTime(bytes[29..]),
            HelloTime = ReadTime(bytes[31..]),
            ForwardDelay = ReadTime(bytes[33..]),
        };
        return WireError.None;
    }

    public void Write(Span<byte> bytes)
    {
        bytes[..4].Clear();
        bytes[4] = (byte)((TopologyChange ? ChangeFlag : 0) | (TopologyChangeAcknowledgement ? AcknowledgementFlag : 0));
        Root.Write(bytes[5..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[13..], RootPathCost);
        Bridge.Write(bytes[17..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[25..], Port);
        WriteTime(bytes[27..], MessageAge);
        WriteTime(bytes[29..], MaximumAge);
        WriteTime(bytes[31..], HelloTime);
        WriteTime(bytes[33..], ForwardDelay);
    }

    public static void WriteNotification(Span<byte> bytes)
    {
        bytes[..3].Clear();
        bytes[3] = NotificationType;
    }

    /// <summary>Times are in units of 1/256 s: 3,906,250 ns.</summary>
    private static Duration ReadTime(ReadOnlySpan<byte> bytes) =>
        Duration.FromNanoseconds(BinaryPrimitives.ReadUInt16BigEndian(bytes) * 3_906_250L);

    private static void WriteTime(Span<byte> bytes, Duration time) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(time.Nanoseconds / 3_906_250));
}
