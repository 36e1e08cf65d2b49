using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// A node of a <see cref="BinaryTrie{TAddress}"/>: a prefix with a value, or a branch without one (-1), which then has
/// two children. Index 0 is the root and no one's child, so that 0 stands for "none".
/// </summary>
internal struct BinaryTrieNode<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public TAddress Address;
    public int Value;
    public int Zero;
    public int One;
    public byte Length;

    public readonly bool IsLeaf => (Zero | One) == 0;
}
