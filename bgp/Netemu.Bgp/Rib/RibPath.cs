namespace Netemu.Bgp.Rib;

/// <summary>
/// One path of one prefix, or the only path of each of a run of prefixes with consecutive ids: 12 bytes, no object.
/// </summary>
internal struct RibPath
{
    /// <summary>The most prefixes of a run.</summary>
    public const int LongestRun = 1 << FollowerBits;

    private const int FollowerBits = 5;
    private const int IdBits = 26;
    private const int IdMask = (1 << IdBits) - 1;

    /// <summary>The id, and above it how many follow; -1 for a free row.</summary>
    private int _prefixes;

    /// <summary>The attributes after import policy. In a free row the next free one, as index + 1.</summary>
    public int Attributes;

    /// <summary>The peer it came from.</summary>
    public ushort Peer;
    public PathFlags Flags;

    /// <summary>A <see cref="BestPathReason"/>, or a <see cref="PathRejection"/> if rejected.</summary>
    public byte Verdict;

    /// <summary>A row that holds nothing.</summary>
    public static RibPath Free(int next) => new() { _prefixes = -1, Attributes = next };

    /// <summary>The prefix id, in a run the first one.</summary>
    public int Prefix
    {
        readonly get => _prefixes & IdMask;
        set => _prefixes = (_prefixes & ~IdMask) | value;
    }

    /// <summary>How many prefixes follow the first one in a run; 0 for a path of one prefix.</summary>
    public int Followers
    {
        readonly get => _prefixes >> IdBits;
        set => _prefixes = Prefix | (value << IdBits);
    }

    /// <summary>The number of prefixes.</summary>
    public readonly int Prefixes => Followers + 1;

    public readonly bool IsFree => _prefixes < 0;
}
