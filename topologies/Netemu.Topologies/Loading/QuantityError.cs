namespace Netemu.Topologies.Loading;

/// <summary>Why a text is no number with a unit.</summary>
public enum QuantityError : byte
{
    None,
    Malformed,
    NoUnit,
    UnknownUnit,

    /// <summary>A unit that means different things to different tools.</summary>
    Ambiguous,
    TooLarge,

    /// <summary>Digits below the smallest unit.</summary>
    TooFine,
}
