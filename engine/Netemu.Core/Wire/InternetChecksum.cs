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
    public static uint Sum(ReadOnlySpan<byte> bytes, uint seed = 0) =>
        seed + Add(ref MemoryMarshal.GetReference(bytes), ref Unsafe.NullRef<byte>(), bytes.Length, copies: false);

    /// <summary>
    /// The same while the bytes are copied to the begin of <paramref name="destination"/>, which must have room for them: they
    /// are read once (csum_partial_copy).
    /// </summary>
    public static uint CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination, uint seed = 0) =>
        seed + Add(
            ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(destination[..source.Length]), source.Length, copies: true);

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

    /// <summary>
    /// One's complement addition does not care for byte order (RFC 1071 section 2 (B)): native words are summed, and the sum is
    /// swapped once. A lane gains at most 2^16 with each block: 2^16 blocks, 2 MiB and more, before it could overflow; frames
    /// are 64 KiB.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Add(ref byte source, ref byte destination, int length, bool copies)
    {
        ulong sum = 0;
        int offset = 0;
        if (Vector512.IsHardwareAccelerated && length >= 128)
        {
            Vector512<uint> low = Vector512<uint>.Zero;
            Vector512<uint> high = Vector512<uint>.Zero;
            Vector512<uint> mask = Vector512.Create(0xFFFFu);
            for (; offset + 64 <= length; offset += 64)
            {
                Vector512<uint> words = Take<Vector512<uint>>(ref source, ref destination, offset, copies);
                low += words & mask;
                high += words >>> 16;
            }

            sum = Vector512.Sum((low & mask) + (low >>> 16) + (high & mask) + (high >>> 16));
        }
        else if (Vector256.IsHardwareAccelerated && length >= 64)
        {
            Vector256<uint> low = Vector256<uint>.Zero;
            Vector256<uint> high = Vector256<uint>.Zero;
            Vector256<uint> mask = Vector256.Create(0xFFFFu);
            for (; offset + 32 <= length; offset += 32)
            {
                Vector256<uint> words = Take<Vector256<uint>>(ref source, ref destination, offset, copies);
                low += words & mask;
                high += words >>> 16;
            }

            sum = Vector256.Sum((low & mask) + (low >>> 16) + (high & mask) + (high >>> 16));
        }

        for (; offset + 4 <= length; offset += 4)
        {
            sum += Take<uint>(ref source, ref destination, offset, copies);
        }

        if (offset + 2 <= length)
        {
            sum += Take<ushort>(ref source, ref destination, offset, copies);
            offset += 2;
        }

        if (offset < length)
        {
            byte last = Take<byte>(ref source, ref destination, offset, copies);
            sum += BitConverter.IsLittleEndian ? last : (uint)last << 8;
        }

        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        ushort word = Fold((uint)sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Take<T>(ref byte source, ref byte destination, int offset, bool copies)
        where T : unmanaged
    {
        T words = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref source, offset));
        if (copies)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, offset), words);
        }

        return words;
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }
}
