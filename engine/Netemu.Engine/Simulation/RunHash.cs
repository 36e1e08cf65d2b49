using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Netemu.Engine.Simulation;

/// <summary>
/// The hash state of a node: everything that happens in it is mixed in, in the order it happens, so that one changed byte
/// or nanosecond gives another value. Multiplication of 64 by 64 bits, folded (as wyhash does); not cryptographic.
/// </summary>
public struct RunHash
{
    /// <summary>How many bytes of an arriving frame are mixed in: all headers. Payload is mixed in where it is consumed.</summary>
    public const int HeaderBytes = 64;

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
        ulong mixed = length switch
        {
            >= 48 => Wide(ref MemoryMarshal.GetReference(frame), length),
            >= 16 => Narrow(ref MemoryMarshal.GetReference(frame), length),
            _ => Tiny(frame[..length]),
        };
        Value = Mum(Value ^ (ulong)time ^ K0, mixed ^ ((ulong)frame.Length * K1));
    }

    /// <summary>Mixes in bytes that somebody consumed, or the canonical encoding of a table change.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        ulong state = Value ^ ((ulong)bytes.Length * K2);
        if (bytes.Length >= 64)
        {
            // Four chains at once: one multiplication need not wait for the one before.
            ulong a = state;
            ulong b = state ^ K1;
            ulong c = state ^ K2;
            ulong d = state ^ K3;
            for (; bytes.Length >= 64; bytes = bytes[64..])
            {
                ref byte start = ref MemoryMarshal.GetReference(bytes);
                a = Mum(Read(ref start, 0) ^ K1, Read(ref start, 8) ^ a);
                b = Mum(Read(ref start, 16) ^ K1, Read(ref start, 24) ^ b);
                c = Mum(Read(ref start, 32) ^ K1, Read(ref start, 40) ^ c);
                d = Mum(Read(ref start, 48) ^ K1, Read(ref start, 56) ^ d);
            }

            state = Mum(a ^ K0, c ^ K2) ^ Mum(b ^ K1, d ^ K3);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Wide(ref byte start, int length)
    {
        ulong a = Mum(Read(ref start, 0) ^ K0, Read(ref start, 8) ^ K1);
        ulong b = Mum(Read(ref start, 16) ^ K1, Read(ref start, 24) ^ K2);
        ulong c = Mum(Read(ref start, 32) ^ K2, Read(ref start, 40) ^ K3);
        ulong d = Mum(Read(ref start, length - 16) ^ K3, Read(ref start, length - 8) ^ K0);
        return a ^ b ^ c ^ d;
    }

    private static ulong Narrow(ref byte start, int length)
    {
        ulong a = Mum(Read(ref start, 0) ^ K0, Read(ref start, 8) ^ K1);
        ulong b = length >= 32 ? Mum(Read(ref start, 16) ^ K1, Read(ref start, 24) ^ K2) : 0;
        ulong c = Mum(Read(ref start, length - 16) ^ K2, Read(ref start, length - 8) ^ K3);
        return a ^ b ^ c;
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
