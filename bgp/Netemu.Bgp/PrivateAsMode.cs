namespace Netemu.Bgp;

/// <summary>What becomes of private AS numbers (RFC 6996) in paths to an external neighbour.</summary>
public enum PrivateAsMode : byte
{
    Keep,

    /// <summary>Taken out if the path holds nothing else, as FRR's "remove-private-AS" has it.</summary>
    RemoveIfAllPrivate,

    /// <summary>Taken out wherever they stand ("remove-private-AS all").</summary>
    Remove,

    /// <summary>Replaced by the speaker's own AS ("remove-private-AS all replace-AS").</summary>
    Replace,

    /// <summary>Replaced if the path holds nothing else ("remove-private-AS replace-AS").</summary>
    ReplaceIfAllPrivate,
}
