namespace Netemu.Bgp.Policy;

/// <summary>How a rule ends.</summary>
public enum PolicyVerdict : byte
{
    /// <summary>Not at all: the next rule is tried.</summary>
    Next,
    Accept,
    Reject,
}
