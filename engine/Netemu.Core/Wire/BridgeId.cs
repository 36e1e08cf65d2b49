using System;
using System.Buffers.Binary;
using System.Globalization;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>The name of a bridge in 802.1D: a priority of 16 bits and a MAC address. The smaller one is the better one.</summary>
public readonly record struct BridgeId(ulong Value) : IComparable<BridgeId>
{
    public const int Size = 8;

    public BridgeId(ushort priority, MacAddress mac)
        : this(((ulong)priority << 48) | mac.Value)
    {
    }

    public ushort Priority => (ushort)(Value >> 48);

    public MacAddress Mac => new(Value & 0xFFFF_FFFF_FFFF);

    public static bool operator <(BridgeId left, BridgeId right) => left.Value < right.Value;

    public static bool operator >(BridgeId left, BridgeId right) => left.Value > right.Value;

    public static bool operator <=(BridgeId left, BridgeId right) => left.Value <= right.Value;

    public static bool operator >=(BridgeId left, BridgeId right) => left.Value >= right.Value;

    public static BridgeId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);

    public int CompareTo(BridgeId other) => Value.CompareTo(other.Value);

    /// <summary>As iproute2 prints it: 8000.2:0:0:0:0:11 in bytes without leading zeros.</summary>
    public override string ToString()
    {
        ulong mac = Mac.Value;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Priority:x4}.{(mac >> 40) & 0xFF:x}:{(mac >> 32) & 0xFF:x}:{(mac >> 24) & 0xFF:x}:{(mac >> 16) & 0xFF:x}:{(mac >> 8) & 0xFF:x}:{mac & 0xFF:x}");
    }
}
