namespace Netemu.Bgp.Rib;

/// <summary>
/// One path of one prefix, or the only path of each of a run of prefixes with consecutive ids: 16 bytes, no object.
/// </summary>
internal struct RibPath
{
    /// <summary>The prefix id, in a run the first one; -1 for a free row.</summary>
    public int Prefix;

    /// <summary>The attributes after import policy. In a free row the next free one, as index + 1.</summary>
    public int Attributes;

    /// <summary>The peer it came from.</summary>
    public ushort Peer;

    /// <summary>How many prefixes follow <see cref="Prefix"/> in a run; 0 for a path of one prefix.</summary>
    public ushort Followers;
    public PathFlags Flags;

    /// <summary>A <see cref="BestPathReason"/>, or a <see cref="PathRejection"/> if rejected.</summary>
    public byte Verdict;

    /// <summary>The number of prefixes.</summary>
    public readonly int Prefixes => Followers + 1;
}
