using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>A DHCP message (RFC 2131 section 2): the fixed BOOTP part, the magic cookie, options.</summary>
public readonly ref struct DhcpMessage
{
    public const int FixedSize = 240;

    /// <summary>The least that a relay or an old client takes (RFC 1542 section 2.1).</summary>
    public const int MinimumSize = 300;

    public const byte BootRequest = 1;
    public const byte BootReply = 2;
    public const ushort ServerPort = 67;
    public const ushort ClientPort = 68;

    private const byte EthernetType = 1;
    private const ushort BroadcastFlag = 0x8000;
    private const uint MagicCookie = 0x6382_5363;

    private readonly ReadOnlySpan<byte> _bytes;

    private DhcpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public byte Operation => _bytes[0];

    public uint TransactionId => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds => BinaryPrimitives.ReadUInt16BigEndian(_bytes[8..]);

    /// <summary>The client can't take unicast before it has its address.</summary>
    public bool Broadcast => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[10..]) & BroadcastFlag) != 0;

    /// <summary>ciaddr: what the client has and uses.</summary>
    public IPv4Address ClientAddress => IPv4Address.Read(_bytes[12..]);

    /// <summary>yiaddr: what the server gives.</summary>
    public IPv4Address YourAddress => IPv4Address.Read(_bytes[16..]);

    /// <summary>giaddr: the relay.</summary>
    public IPv4Address RelayAddress => IPv4Address.Read(_bytes[24..]);

    /// <summary>chaddr.</summary>
    public MacAddress ClientMac => MacAddress.Read(_bytes[28..]);

    public DhcpMessageType Type => Find(DhcpOption.MessageType) is { Length: 1 } type ? (DhcpMessageType)type[0] : DhcpMessageType.None;

    public static WireError TryParse(ReadOnlySpan<byte> bytes, out DhcpMessage message)
    {
        message = new DhcpMessage(bytes);
        if (bytes.Length < FixedSize)
        {
            return WireError.Truncated;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[236..]) != MagicCookie || bytes[0] is not (BootRequest or BootReply)
            || bytes[1] != EthernetType || bytes[2] != MacAddress.Size)
        {
            return WireError.BadType;
        }

        int offset = FixedSize;
        while (offset < bytes.Length && bytes[offset] != DhcpOption.End)
        {
            if (bytes[offset] == DhcpOption.Pad)
            {
                offset++;
                continue;
            }

            if (offset + 2 > bytes.Length || offset + 2 + bytes[offset + 1] > bytes.Length)
            {
                return WireError.BadLength;
            }

            offset += 2 + bytes[offset + 1];
        }

        return WireError.None;
    }

    /// <summary>The content of an option; empty if it is not there.</summary>
    public ReadOnlySpan<byte> Find(byte code)
    {
        int offset = FixedSize;
        while (offset < _bytes.Length && _bytes[offset] != DhcpOption.End)
        {
            if (_bytes[offset] == DhcpOption.Pad)
            {
                offset++;
                continue;
            }

            if (_bytes[offset] == code)
            {
                return _bytes.Slice(offset + 2, _bytes[offset + 1]);
            }

            offset += 2 + _bytes[offset + 1];
        }

        return default;
    }

    /// <summary>An address in an option; unspecified if it is not there.</summary>
    public IPv4Address Address(byte code) => Find(code) is { Length: >= 4 } found ? IPv4Address.Read(found) : default;

    /// <summary>Seconds in an option, or null.</summary>
    public uint? Time(byte code) => Find(code) is { Length: 4 } found ? BinaryPrimitives.ReadUInt32BigEndian(found) : null;

    /// <summary>Writes the fixed part; the bytes must be zero.</summary>
    public static void WriteFixed(
        Span<byte> bytes, byte operation, uint transaction, ushort seconds, bool broadcast, IPv4Address client, IPv4Address your, MacAddress mac)
    {
        bytes[0] = operation;
        bytes[1] = EthernetType;
        bytes[2] = MacAddress.Size;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], broadcast ? BroadcastFlag : (ushort)0);
        client.Write(bytes[12..]);
        your.Write(bytes[16..]);
        mac.Write(bytes[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[236..], MagicCookie);
    }
}
