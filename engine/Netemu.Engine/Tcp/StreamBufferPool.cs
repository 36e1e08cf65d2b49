using System;
using System.Numerics;

namespace Netemu.Engine.Tcp;

/// <summary>
/// Byte arrays of powers of two, reused for ever. One per emulation, as its frames' pool. The smallest hold some BGP messages:
/// a hundred thousand sessions that begin at once wait 40 ms each for their last acknowledgment.
/// </summary>
internal sealed class StreamBufferPool
{
    public const int SmallestSize = 256;

    private const int SmallestLog = 8;
    private const int Classes = 22;

    private readonly byte[]?[][] _free = new byte[]?[Classes][];
    private readonly int[] _counts = new int[Classes];

    /// <summary>Arrays rented and not yet returned.</summary>
    public long Outstanding { get; private set; }

    /// <summary>An array of at least <paramref name="size"/> bytes whose length is a power of two; its content is arbitrary.</summary>
    public byte[] Rent(int size)
    {
        int index = ClassOf(size);
        Outstanding++;
        ref int count = ref _counts[index];
        return count == 0 ? GC.AllocateUninitializedArray<byte>(1 << (index + SmallestLog)) : _free[index][--count]!;
    }

    public void Return(byte[] buffer)
    {
        int index = ClassOf(buffer.Length);
        Outstanding--;
        ref int count = ref _counts[index];
        ref byte[]?[] free = ref _free[index];
        if (free is null || count == free.Length)
        {
            Array.Resize(ref free, Math.Max(8, count * 2));
        }

        free[count++] = buffer;
    }

    private static int ClassOf(int size) =>
        size <= SmallestSize ? 0 : BitOperations.Log2((uint)size - 1) + 1 - SmallestLog;
}
