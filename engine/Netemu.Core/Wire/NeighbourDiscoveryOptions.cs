using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>A cursor over the options of a neighbour discovery message (RFC 4861 section 4.6).</summary>
public ref struct NeighbourDiscoveryOptions
{
    public const byte SourceLinkLayer = 1;
    public const byte TargetLinkLayer = 2;
    public const byte PrefixInformation = 3;
    public const byte RedirectedHeader = 4;
    public const byte Mtu = 5;

    /// <summary>RFC 3971 section 5.3.2, and RFC 7527 for duplicate address detection.</summary>
    public const byte Nonce = 14;

    /// <summary>Recursive DNS servers (RFC 8106 section 5.1).</summary>
    public const byte RecursiveDnsServer = 25;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _next;

    public NeighbourDiscoveryOptions(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        Option = default;
    }

    /// <summary>The present option with its type and length bytes.</summary>
    public ReadOnlySpan<byte> Option { get; private set; }

    public readonly byte Type => Option[0];

    /// <summary>RFC 4861 section 6.1.2: every option has a length greater than zero and lies within the message.</summary>
    public static bool AreValid(ReadOnlySpan<byte> bytes)
    {
        for (int offset = 0; offset < bytes.Length; offset += bytes[offset + 1] * 8)
        {
            if (offset + 2 > bytes.Length || bytes[offset + 1] == 0 || offset + (bytes[offset + 1] * 8) > bytes.Length)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Goes to the next option; false at the end. The bytes must be valid.</summary>
    public bool MoveNext()
    {
        if (_next >= _bytes.Length)
        {
            return false;
        }

        int length = _bytes[_next + 1] * 8;
        Option = _bytes.Slice(_next, length);
        _next += length;
        return true;
    }

    /// <summary>The first option of a type with its header, or nothing.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> bytes, byte type)
    {
        NeighbourDiscoveryOptions options = new(bytes);
        while (options.MoveNext())
        {
            if (options.Type == type)
            {
                return options.Option;
            }
        }

        return default;
    }

    /// <summary>The link-layer address of an option of <paramref name="type"/>, if it is there.</summary>
    public static bool TryFindMac(ReadOnlySpan<byte> bytes, byte type, out MacAddress mac)
    {
        ReadOnlySpan<byte> option = Find(bytes, type);
        mac = option.Length == 8 ? MacAddress.Read(option[2..]) : default;
        return option.Length == 8;
    }

    /// <summary>Writes a link-layer address option; its length.</summary>
    public static int WriteMac(Span<byte> bytes, byte type, MacAddress mac)
    {
        bytes[0] = type;
        bytes[1] = 1;
        mac.Write(bytes[2..]);
        return 8;
    }

    /// <summary>Writes an MTU option (RFC 4861 section 4.6.4); its length.</summary>
    public static int WriteMtu(Span<byte> bytes, int mtu)
    {
        bytes[0] = Mtu;
        bytes[1] = 1;
        bytes[2] = 0;
        bytes[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)mtu);
        return 8;
    }
}
