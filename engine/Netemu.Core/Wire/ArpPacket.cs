using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
public readonly ref struct ArpPacket
{
    public const int Size = 28;

    private readonly Span<byte> _bytes;

    private ArpPacket(Span<byte> bytes) => _bytes = bytes;

    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    public MacAddress SenderMac => MacAddress.Read(_bytes[8..]);

    public IPv4Address SenderAddress => IPv4Address.Read(_bytes[14..]);

    public MacAddress TargetMac => MacAddress.Read(_bytes[18..]);

    public IPv4Address TargetAddress => IPv4Address.Read(_bytes[24..]);

    public static WireError TryParse(Span<byte> bytes, out ArpPacket packet)
    {
        packet = new ArpPacket(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        // Hardware type Ethernet, protocol type IPv4, lengths 6 and 4.
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16 == 0x0001_0800_0604 ? WireError.None : WireError.BadType;
    }

    public static void Write(
        Span<byte> bytes,
        ArpOperation operation,
        MacAddress senderMac,
        IPv4Address senderAddress,
        MacAddress targetMac,
        IPv4Address targetAddress)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, 0x0001_0800_0604_0000 | (ulong)operation);
        senderMac.Write(bytes[8..]);
        senderAddress.Write(bytes[14..]);
        targetMac.Write(bytes[18..]);
        targetAddress.Write(bytes[24..]);
    }
}
