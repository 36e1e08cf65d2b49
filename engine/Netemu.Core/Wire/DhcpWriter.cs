using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>Writes a DHCP message: the fixed part, then option after option, padded to what old relays want.</summary>
public ref struct DhcpWriter
{
    private readonly Span<byte> _bytes;
    private int _length;

    public DhcpWriter(Span<byte> bytes, DhcpMessageType type)
    {
        _bytes = bytes;
        _length = DhcpMessage.FixedSize;
        Add(DhcpOption.MessageType, [(byte)type]);
    }

    public void Add(byte code, scoped ReadOnlySpan<byte> content)
    {
        _bytes[_length] = code;
        _bytes[_length + 1] = (byte)content.Length;
        content.CopyTo(_bytes[(_length + 2)..]);
        _length += 2 + content.Length;
    }

    public void Add(byte code, IPv4Address address)
    {
        Span<byte> content = stackalloc byte[IPv4Address.Size];
        address.Write(content);
        Add(code, content);
    }

    public void AddSeconds(byte code, uint seconds)
    {
        Span<byte> content = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(content, seconds);
        Add(code, content);
    }

    /// <summary>Ends the options; the length of the message.</summary>
    public int Finish()
    {
        _bytes[_length++] = DhcpOption.End;
        return Math.Max(_length, DhcpMessage.MinimumSize);
    }
}
