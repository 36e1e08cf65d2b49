using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Netemu.Engine.Simulation;

/// <summary>
/// The hash state of a node: everything that happens in it is mixed in, in the order it happens, so that one changed byte
/// or nanosecond gives another value. Multiplication of 64 by 64 bits, folded (as wyhash does), of what longer content and
/// headers add up to by vectors (as XXH3 does); not cryptographic.
/// </summary>
public struct RunHash
{
    /// <summary>How many bytes of an arriving frame are mixed in: all headers. Payload is mixed in where it is consumed.</summary>
    public const int HeaderBytes = 64;

    /// <summary>What <see cref="AddPayload"/> takes at a time; shorter content goes by pairs of words.</summary>
    private const int PayloadBlock = 64;
    private const int HalfBlock = PayloadBlock / 2;

    private const ulong K0 = 0xA0761D6478BD642F;
    private const ulong K1 = 0xE7037ED1A0B428DB;
    private const ulong K2 = 0x8EBC6AF09C88C6E3;
    private const ulong K3 = 0x589965CC75374CC3;

    /// <summary>The state, which is also the value so far.</summary>
    public ulong Value { get; private set; }

    /// <summary>Mixes in the arrival of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddArrival(ReadOnlySpan<byte> frame, long time)
    {
        int length = Math.Min(frame.Length, HeaderBytes);
        Vector128<ulong> mixed = length >= HalfBlock
            ? MixHeaders(ref MemoryMarshal.GetReference(frame), length)
            : Vector128.Create(Tiny(frame), 0);
        Value = Mum(Value ^ (ulong)time ^ mixed[0], mixed[1] ^ ((ulong)frame.Length * K1));
    }

    /// <summary>Mixes in bytes that somebody consumed, or the canonical encoding of a table change.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        ulong state = Value ^ ((ulong)bytes.Length * K2);
        if (bytes.Length >= PayloadBlock)
        {
            Value = AddPayload(state, bytes);
            return;
        }

        while (bytes.Length >= 16)
        {
            state = Mum(Read(ref MemoryMarshal.GetReference(bytes), 0) ^ K1, Read(ref MemoryMarshal.GetReference(bytes), 8) ^ state);
            bytes = bytes[16..];
        }

        Value = Mum(state ^ K3, Tiny(bytes) ^ K0);
    }

    /// <summary>Mixes in a number.</summary>
    public void AddNumber(ulong number) => Value = Mum(Value ^ K2, number ^ K3);

    /// <summary>Mixes in a text, as UTF-8.</summary>
    public void AddText(string text)
    {
        Span<byte> utf8 = text.Length <= 80 ? stackalloc byte[240] : new byte[text.Length * 3];
        AddBytes(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>
    /// Payload by eight sums at once (as XXH3 does): each 64-bit word, keyed by where it stands, adds the product of its halves to
    /// its own sum and itself to its neighbour's, so that no word is lost whatever the product is. The last block may overlap the
    /// one before; the length is in <paramref name="state"/>.
    /// </summary>
    private static ulong AddPayload(ulong state, ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        Vector256<ulong> first = Vector256.Create(K0, K1, K2, K3);
        Vector256<ulong> second = Vector256.Create(K3, K0, K1, K2);
        Vector256<ulong> key = Vector256.Create(state);
        Vector256<ulong> step = Vector256.Create(K1, K2, K3, K0);
        int last = bytes.Length - PayloadBlock;
        for (int offset = 0; offset < last; offset += PayloadBlock)
        {
            AddBlock(ref Unsafe.Add(ref start, offset), ref Unsafe.Add(ref start, offset + HalfBlock), key, ref first, ref second);
            key += step;
        }

        AddBlock(ref Unsafe.Add(ref start, last), ref Unsafe.Add(ref start, last + HalfBlock), key, ref first, ref second);
        ulong low = Mum(first[0] ^ state, first[1] ^ K1) ^ Mum(first[2] ^ K2, first[3] ^ K3);
        ulong high = Mum(second[0] ^ K0, second[1] ^ state) ^ Mum(second[2] ^ K3, second[3] ^ K1);
        return Mum(low ^ K3, high ^ K0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlock(ref byte half, ref byte other, Vector256<ulong> key, ref Vector256<ulong> first, ref Vector256<ulong> second)
    {
        Vector256<ulong> one = Unsafe.ReadUnaligned<Vector256<ulong>>(ref half);
        Vector256<ulong> two = Unsafe.ReadUnaligned<Vector256<ulong>>(ref other);
        first += MultiplyHalves(one ^ key) + Vector256.Shuffle(two, Vector256.Create(1UL, 0, 3, 2));
        second += MultiplyHalves(two ^ ~key) + Vector256.Shuffle(one, Vector256.Create(1UL, 0, 3, 2));
    }

    /// <summary>The product of the halves of each word; the same number with and without the instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyHalves(Vector256<ulong> words)
    {
        Vector256<ulong> high = words >>> 32;
        return Avx2.IsSupported
            ? Avx2.Multiply(words.AsUInt32(), high.AsUInt32())
            : (words & Vector256.Create(0xFFFF_FFFFUL)) * high;
    }

    /// <summary>The headers of a frame as a block of payload, whose halves overlap if they are shorter; the sums added up to two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> MixHeaders(ref byte start, int length)
    {
        Vector256<ulong> one = default;
        Vector256<ulong> other = default;
        AddBlock(ref start, ref Unsafe.Add(ref start, length - HalfBlock), Vector256.Create(K0, K1, K2, K3), ref one, ref other);
        one += other;
        return one.GetLower() + one.GetUpper();
    }

    private static ulong Tiny(ReadOnlySpan<byte> bytes)
    {
        ulong mixed = K1 ^ (ulong)bytes.Length;
        foreach (byte b in bytes)
        {
            mixed = (mixed ^ b) * K2;
        }

        return mixed;
    }

    private static ulong Read(ref byte start, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    private static ulong Mum(ulong left, ulong right)
    {
        // The high half alone stays in registers; BigMul's low half goes through memory, which costs more than a second product.
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.MultiplyNoFlags(left, right) ^ (left * right);
        }

        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
