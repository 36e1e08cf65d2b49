using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// The nodes and leaves of a <see cref="CompressedTrie{TAddress}"/>: blocks of up to 64 nodes or leaves in one array of
/// 32-bit words, which grows by a quarter. A node and its leaves, allocated in turn, share a cache line. A free block is
/// linked, by size, through its first word. Indices stay valid when the array moves; references do not.
/// </summary>
internal sealed class BlockPool(IArena arena)
{
    /// <summary>The words of a node.</summary>
    public const int NodeSize = 6;

    private const int LargestBlock = 64 * NodeSize;
    private const int NoBlock = -1;

    // One list per size; made when first needed.
    private int[] _free = [];
    private int _end;

    public int[] Words { get; private set; } = [];

    /// <summary>The words in free blocks, below the end of what was ever handed out.</summary>
    public int FreeWords { get; private set; }

    public int UsedWords => _end - FreeWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CompressedTrieNode Node(int index) => ref NodeAt(Words, index);

    /// <summary>The node that starts at a word; its first word is checked to lie inside the array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref CompressedTrieNode NodeAt(int[] words, int index) =>
        ref Unsafe.As<int, CompressedTrieNode>(ref words[index]);

    public int Allocate(int size)
    {
        int block = Take(size);
        if (block != NoBlock)
        {
            return block;
        }

        if (_end + size > Words.Length)
        {
            block = Split(size);
            if (block != NoBlock)
            {
                return block;
            }

            Resize(_end + Math.Max(Words.Length / 4, 2 * LargestBlock));
        }

        block = _end;
        _end += size;
        return block;
    }

    public int AllocateNodes(ulong slots) => Allocate(NodeSize * BitOperations.PopCount(slots));

    public void FreeNodes(int start, ulong slots) => Free(start, NodeSize * BitOperations.PopCount(slots));

    public void Free(int start, int size)
    {
        if (_free.Length == 0)
        {
            _free = new int[LargestBlock + 1];
            Array.Fill(_free, NoBlock);
        }

        Words[start] = _free[size];
        _free[size] = start;
        FreeWords += size;
    }

    /// <summary>Forgets all blocks; the array stays.</summary>
    public void Clear()
    {
        _free = [];
        FreeWords = 0;
        _end = 0;
    }

    /// <summary>Gives back what lies past the last block.</summary>
    public void Trim() => Resize(_end);

    private int Take(int size)
    {
        if (FreeWords < size)
        {
            return NoBlock;
        }

        int block = _free[size];
        if (block != NoBlock)
        {
            _free[size] = Words[block];
            FreeWords -= size;
        }

        return block;
    }

    /// <summary>Cuts a larger free block: before the array grows, what is free is used.</summary>
    private int Split(int size)
    {
        for (int larger = size + 1; larger <= LargestBlock && FreeWords >= larger; larger++)
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
        int[] words = arena.Allocate<int>(capacity);
        Words.AsSpan(0, _end).CopyTo(words);
        Words = words;
    }
}
