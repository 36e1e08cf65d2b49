using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>The MD5 signature option (RFC 2385 section 2): pseudo header, header without options, data, key.</summary>
internal static class TcpSignature
{
    public const int Size = 16;

    /// <summary>Writes the digest over <paramref name="segment"/>, whose checksum counts as zero.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol prescribes MD5.")]
    public static void Compute(
        InternetAddress source, InternetAddress destination, ReadOnlySpan<byte> segment, ReadOnlySpan<byte> key, Span<byte> digest)
    {
        int headerLength = (segment[12] >> 4) * 4;
        int length = 40 + TcpHeader.MinimumSize + segment.Length - headerLength + key.Length;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> bytes = rented;
        int written = source.Write(bytes);
        written += destination.Write(bytes[written..]);
        if (source.IsIPv4)
        {
            bytes[written] = 0;
            bytes[written + 1] = (byte)IPProtocol.Tcp;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[(written + 2)..], (ushort)segment.Length);
            written += 4;
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[written..], (uint)segment.Length);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(written + 4)..], (uint)IPProtocol.Tcp);
            written += 8;
        }

        segment[..TcpHeader.MinimumSize].CopyTo(bytes[written..]);
        bytes.Slice(written + TcpHeader.ChecksumOffset, 2).Clear();
        written += TcpHeader.MinimumSize;
        segment[headerLength..].CopyTo(bytes[written..]);
        written += segment.Length - headerLength;
        key.CopyTo(bytes[written..]);
        MD5.HashData(bytes[..(written + key.Length)], digest);
        ArrayPool<byte>.Shared.Return(rented);
    }
}
