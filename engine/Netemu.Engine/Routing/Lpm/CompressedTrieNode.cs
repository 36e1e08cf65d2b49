using System.Numerics;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// A node of a <see cref="CompressedTrie{TAddress}"/>, 24 bytes, in one of three forms told apart by LeafVector:
/// <code>
///            Vector            LeafVector              LeafBase         NodeBase
/// branch     slots with child  slots that start a run  first leaf       first child
/// skip       bits to match     2 * count               value otherwise  node after these bits
/// end        bits to match     2 * count + EndFlag     value otherwise  value if they match
/// </code>
/// A branch is the node of Asai and Ohara, Poptrie (SIGCOMM 2015): 64 slots; those without a child share leaves in runs,
/// and the first run always starts at slot 0, so that the lowest bit tells a branch from the others. Leaves are narrow, two
/// in a word, each the value plus one; a branch with a value that does not fit has wide ones and the complement of their
/// index as LeafBase.
/// </summary>
internal struct CompressedTrieNode
{
    public const ulong EndFlag = 1UL << 8;
    public const int LargestNarrowValue = ushort.MaxValue - 1;

    public ulong Vector;
    public ulong LeafVector;
    public int LeafBase;
    public int NodeBase;

    public readonly bool IsBranch
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (LeafVector & 1) != 0;
    }

    public readonly bool IsEnd => (LeafVector & EndFlag) != 0;

    public readonly bool HasWideLeaves => LeafBase < 0;

    /// <summary>The words of a branch's leaves; none if every slot has a child.</summary>
    public readonly int LeafWords
    {
        get
        {
            int runs = Vector == ulong.MaxValue ? 0 : BitOperations.PopCount(LeafVector);
            return HasWideLeaves ? runs : (runs + 1) / 2;
        }
    }

    /// <summary>The bits that a skip or an end compares: 1 to 64.</summary>
    public readonly int BitCount => (int)(LeafVector >> 1) & 0x7F;

    public readonly bool HasChild(int slot) => ((Vector >> slot) & 1) != 0;
}
