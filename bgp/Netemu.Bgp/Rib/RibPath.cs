namespace Netemu.Bgp.Rib;

/// <summary>One path of one prefix: 16 bytes, no object.</summary>
internal struct RibPath
{
    /// <summary>The prefix id; -1 for a free row.</summary>
    public int Prefix;

    /// <summary>The attributes after import policy.</summary>
    public int Attributes;

    /// <summary>The next path of the prefix as index + 1; 0 at the end. The next free row in a free row.</summary>
    public int Next;

    /// <summary>The peer it came from.</summary>
    public ushort Peer;
    public PathFlags Flags;

    /// <summary>A <see cref="BestPathReason"/>, or a <see cref="PathRejection"/> if rejected.</summary>
    public byte Verdict;
}
