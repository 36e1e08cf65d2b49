using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Mrt;

/// <summary>Collects one MRT record and writes it with its header (RFC 6396 section 2). Virtual time counts from the epoch.</summary>
internal sealed class MrtWriter(Stream output)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly List<byte> _body = [];

    public void Byte(int value) => _body.Add((byte)value);

    public void UInt16(int value)
    {
        Byte(value >> 8);
        Byte(value);
    }

    public void UInt32(uint value)
    {
        UInt16((int)(value >> 16));
        UInt16((int)(value & 0xFFFF));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _body.AddRange(bytes);

    public void Address(InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Bytes(bytes[..address.Write(bytes)]);
    }

    /// <summary>Seconds of an instant.</summary>
    public static uint Seconds(SimTime time) => (uint)((time - SimTime.Zero).Nanoseconds / NanosecondsPerSecond);

    /// <summary>Writes the record with what was collected.</summary>
    public void End(SimTime at, MrtType type, ushort subtype)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(header, Seconds(at));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], subtype);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)_body.Count);
        output.Write(header);
        output.Write(CollectionsMarshal.AsSpan(_body));
        _body.Clear();
    }
}
