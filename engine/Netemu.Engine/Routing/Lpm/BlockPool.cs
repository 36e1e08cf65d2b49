using System;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// Blocks of 1 to 64 consecutive items in one array that grows by a quarter. A free block is linked, by size, through
/// its own first four bytes. Indices stay valid when the array moves; references do not.
/// </summary>
internal sealed class BlockPool<T>
    where T : unmanaged
{
    public const int LargestBlock = 64;

    private const int NoBlock = -1;

    private readonly int[] _free = new int[LargestBlock + 1];
    private int _end;

    public BlockPool()
    {
        Array.Fill(_free, NoBlock);
    }

    public T[] Items { get; private set; } = [];

    /// <summary>The items in free blocks, below the end of what was ever handed out.</summary>
    public int FreeItems { get; private set; }

    public int UsedItems => _end - FreeItems;

    public int Allocate(int size)
    {
        int block = Take(size);
        if (block != NoBlock)
        {
            return block;
        }

        if (_end + size > Items.Length)
        {
            block = Split(size);
            if (block != NoBlock)
            {
                return block;
            }

            Resize(_end + Math.Max(Items.Length / 4, 2 * LargestBlock));
        }

        block = _end;
        _end += size;
        return block;
    }

    public void Free(int start, int size)
    {
        Next(start) = _free[size];
        _free[size] = start;
        FreeItems += size;
    }

    /// <summary>Forgets all blocks; the array stays.</summary>
    public void Clear()
    {
        Array.Fill(_free, NoBlock);
        FreeItems = 0;
        _end = 0;
    }

    /// <summary>Gives back what lies past the last block.</summary>
    public void Trim() => Resize(_end);

    private int Take(int size)
    {
        int block = _free[size];
        if (block != NoBlock)
        {
            _free[size] = Next(block);
            FreeItems -= size;
        }

        return block;
    }

    /// <summary>Cuts a larger free block: before the array grows, what is free is used.</summary>
    private int Split(int size)
    {
        for (int larger = size + 1; larger <= LargestBlock; larger++)
        {
            int block = Take(larger);
            if (block != NoBlock)
            {
                Free(block + size, larger - size);
                return block;
            }
        }

        return NoBlock;
    }

    private void Resize(int capacity)
    {
        T[] items = GC.AllocateUninitializedArray<T>(capacity);
        Items.AsSpan(0, _end).CopyTo(items);
        Items = items;
    }

    private ref int Next(int block) => ref MemoryMarshal.Cast<T, int>(Items.AsSpan(block, 1))[0];
}
