namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>How a packet goes on after a target that is not a verdict by itself.</summary>
internal enum TargetResult : byte
{
    /// <summary>With the next rule.</summary>
    Continue,

    /// <summary>Out of the table, accepted.</summary>
    Accept,

    /// <summary>Not at all: dropped here.</summary>
    Drop,

    /// <summary>Not at all, for an answer was sent.</summary>
    Reject,

    /// <summary>No binding could be made: dropped.</summary>
    NatExhausted,
}
