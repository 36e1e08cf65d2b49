using System;
using System.Buffers.Binary;
using System.Text;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Bmp;

/// <summary>Puts one BMP message together (RFC 7854 section 4): common header, per-peer header, what follows.</summary>
internal sealed class BmpWriter
{
    private const byte Version = 3;
    private const byte IPv6Flag = 0x80;
    private const byte PostPolicyFlag = 0x40;
    private const int LengthOffset = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly byte[] _bytes = new byte[BgpMessage.MaximumExtendedSize + 4096];
    private int _length;

    /// <summary>The message, once <see cref="End"/> has set its length.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Where the message goes on.</summary>
    public Span<byte> Rest => _bytes.AsSpan(_length);

    public void Begin(BmpMessageType type)
    {
        _length = 0;
        Byte(Version);
        UInt32(0);
        Byte((byte)type);
    }

    public void End() => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(LengthOffset), _length);

    /// <summary>The per-peer header of section 4.2. AS paths below it have four octets, so its A flag is clear.</summary>
    /// <param name="address">The neighbour's address.</param>
    /// <param name="asNumber">Its AS.</param>
    /// <param name="identifier">Its BGP Identifier.</param>
    /// <param name="postPolicy">The L flag.</param>
    /// <param name="at">When it happened; zero where nobody knows.</param>
    public void Peer(InternetAddress address, uint asNumber, IPv4Address identifier, bool postPolicy, SimTime at)
    {
        Byte(0);
        Byte((byte)((address.IsIPv6 ? IPv6Flag : 0) | (postPolicy ? PostPolicyFlag : 0)));
        UInt32(0);
        UInt32(0);
        Address(address);
        UInt32(asNumber);
        UInt32(identifier.Value);
        long nanoseconds = (at - SimTime.Zero).Nanoseconds;
        UInt32((uint)(nanoseconds / NanosecondsPerSecond));
        UInt32((uint)(nanoseconds % NanosecondsPerSecond / 1000));
    }

    /// <summary>Sixteen octets; an IPv4 address stands in the last four.</summary>
    public void Address(InternetAddress address)
    {
        Span<byte> bytes = Rest[..IPv6Address.Size];
        bytes.Clear();
        if (!address.IsNone)
        {
            address.Write(bytes[(address.IsIPv6 ? 0 : IPv6Address.Size - IPv4Address.Size)..]);
        }

        _length += IPv6Address.Size;
    }

    /// <summary>An information TLV with text (section 4.4).</summary>
    public void Text(ushort type, string text)
    {
        UInt16(type);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        UInt16((ushort)bytes.Length);
        Write(bytes);
    }

    public void Byte(byte value) => _bytes[_length++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Rest, value);
        _length += sizeof(ushort);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Rest, value);
        _length += sizeof(uint);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Rest, value);
        _length += sizeof(ulong);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Rest);
        _length += bytes.Length;
    }

    /// <summary>So many bytes have been written into <see cref="Rest"/>.</summary>
    public void Advance(int count) => _length += count;
}
