namespace Netemu.Engine.Netfilter.Rules;

/// <summary>How many of a packet's chunks must be of the kinds that a rule lists.</summary>
public enum SctpChunkScope : byte
{
    /// <summary>Every kind of the list is there.</summary>
    All,

    /// <summary>One of the list is there.</summary>
    Any,

    /// <summary>No other than those of the list is there.</summary>
    Only,
}
