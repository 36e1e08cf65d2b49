using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>The Internet checksum (RFC 1071) and its incremental update (RFC 1624).</summary>
public static class InternetChecksum
{
    /// <summary>
    /// The checksum field's value for <paramref name="bytes"/> with the field zero; 0 when the field is in place and right.
    /// </summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes));

    /// <summary>The same for the first 20 bytes: an IPv4 header without options, which is nearly every one.</summary>
    public static ushort ComputeHeader(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes[..IPv4Header.MinimumSize]);
        ulong sum = (ulong)Unsafe.ReadUnaligned<uint>(ref start)
            + Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 4))
            + Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 8))
            + Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 12))
            + Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 16));
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        ushort word = Fold((uint)((sum & 0xFFFF) + (sum >> 16)));
        return (ushort)~(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);
    }

    /// <summary>The checksum over what was summed: folded and complemented.</summary>
    public static ushort Finish(uint sum) => (ushort)~Fold(sum);

    /// <summary>
    /// A partial sum, at most 0x1FFFE, of big-endian words; an odd last byte is padded with zero, so only the last part of
    /// a sum may have odd length.
    /// </summary>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        // One's complement addition does not care for byte order (RFC 1071 section 2 (B)): sum native words, swap once.
        ulong sum = 0;
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int offset = 0;
        if (Vector256.IsHardwareAccelerated && bytes.Length >= 64)
        {
            Vector256<uint> low = Vector256<uint>.Zero;
            Vector256<uint> high = Vector256<uint>.Zero;

            // A lane gains at most 2^16 per 32 bytes: 2^16 blocks, 2 MiB, before it could overflow. Frames are 64 KiB.
            for (; offset + 32 <= bytes.Length; offset += 32)
            {
                Vector256<uint> words = Unsafe.ReadUnaligned<Vector256<uint>>(ref Unsafe.Add(ref start, offset));
                low += words & Vector256.Create(0xFFFFu);
                high += words >>> 16;
            }

            sum = Total(low, high);
        }

        return seed + SumRest(bytes[offset..], sum);
    }

    /// <summary>
    /// Copies <paramref name="source"/> and returns what <see cref="Sum"/> would of it: one look at bytes that are not in the cache.
    /// </summary>
    public static uint CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        ulong sum = 0;
        int offset = 0;
        if (Vector256.IsHardwareAccelerated && source.Length >= 64)
        {
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref byte to = ref MemoryMarshal.GetReference(destination);
            Vector256<uint> low = Vector256<uint>.Zero;
            Vector256<uint> high = Vector256<uint>.Zero;
            for (; offset + 32 <= source.Length; offset += 32)
            {
                Vector256<uint> words = Unsafe.ReadUnaligned<Vector256<uint>>(ref Unsafe.Add(ref from, offset));
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, offset), words);
                low += words & Vector256.Create(0xFFFFu);
                high += words >>> 16;
            }

            sum = Total(low, high);
        }

        source[offset..].CopyTo(destination[offset..]);
        return SumRest(source[offset..], sum);
    }

    /// <summary>The sum of the pseudo header of TCP and UDP over IPv4 (RFC 793, RFC 768).</summary>
    public static uint PseudoHeader(IPv4Address source, IPv4Address destination, IPProtocol protocol, int length) =>
        Fold((source.Value >> 16) + (source.Value & 0xFFFF) + (destination.Value >> 16) + (destination.Value & 0xFFFF)
            + (uint)protocol + (uint)length);

    /// <summary>The sum of the pseudo header of upper layers over IPv6 (RFC 8200 section 8.1).</summary>
    public static uint PseudoHeader(IPv6Address source, IPv6Address destination, IPProtocol protocol, int length)
    {
        Span<byte> addresses = stackalloc byte[32];
        source.Write(addresses);
        destination.Write(addresses[16..]);
        return Fold(Sum(addresses) + ((uint)length >> 16) + ((uint)length & 0xFFFF) + (uint)protocol);
    }

    /// <summary>
    /// The checksum after one 16-bit word of what it covers has changed: HC' = ~(~HC + ~m + m') (RFC 1624 equation 3).
    /// </summary>
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~oldWord + newWord);

    /// <summary>The checksum after a 32-bit value, such as an address, has changed.</summary>
    public static ushort Update(ushort checksum, uint oldValue, uint newValue) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~(oldValue >> 16) + (ushort)~oldValue + (newValue >> 16) + (newValue & 0xFFFF));

    private static ulong Total(Vector256<uint> low, Vector256<uint> high)
    {
        Vector256<uint> mask = Vector256.Create(0xFFFFu);
        return Vector256.Sum(Vector256.Add(low & mask, low >>> 16) + Vector256.Add(high & mask, high >>> 16));
    }

    /// <summary>Adds bytes to a sum of native words; the result is a sum of big-endian words, folded.</summary>
    private static uint SumRest(ReadOnlySpan<byte> bytes, ulong sum)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int offset = 0;
        for (; offset + 4 <= bytes.Length; offset += 4)
        {
            sum += Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
        }

        if (offset + 2 <= bytes.Length)
        {
            sum += Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref start, offset));
            offset += 2;
        }

        if (offset < bytes.Length)
        {
            sum += BitConverter.IsLittleEndian ? bytes[offset] : (uint)bytes[offset] << 8;
        }

        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        ushort word = Fold((uint)sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }
}
