namespace Netemu.Bgp.Rib;

/// <summary>One path of one prefix: 12 bytes, no object.</summary>
internal struct RibPath
{
    /// <summary>The prefix id; -1 for a free row.</summary>
    public int Prefix;

    /// <summary>The attributes after import policy. In a free row the next free one, as index + 1.</summary>
    public int Attributes;

    /// <summary>The peer it came from.</summary>
    public ushort Peer;
    public PathFlags Flags;

    /// <summary>A <see cref="BestPathReason"/>, or a <see cref="PathRejection"/> if rejected.</summary>
    public byte Verdict;
}
