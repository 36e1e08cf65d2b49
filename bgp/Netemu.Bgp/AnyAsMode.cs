namespace Netemu.Bgp;

/// <summary>Which AS numbers a neighbour without a configured one may have.</summary>
public enum AnyAsMode : byte
{
    /// <summary>Any but the speaker's own ("remote-as external").</summary>
    External,

    /// <summary>Any, the speaker's own included.</summary>
    All,
}
