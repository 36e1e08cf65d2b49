namespace Netemu.Core.Wire;

/// <summary>What the options of an extension header mean for the packet.</summary>
public enum IPv6OptionVerdict : byte
{
    Accept,

    /// <summary>The header contradicts itself: dropped silently.</summary>
    Malformed,

    /// <summary>An unknown option asks for the packet to be dropped.</summary>
    Discard,

    /// <summary>An unknown option asks for a parameter problem as well (code 2).</summary>
    ParameterProblem,
}
