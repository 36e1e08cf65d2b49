namespace Netemu.Core.Wire;

/// <summary>Why a header could not be read. Malformed input is a value, never an exception.</summary>
public enum WireError : byte
{
    None,

    /// <summary>Fewer bytes than the fixed header.</summary>
    Truncated,

    /// <summary>The version field is not this protocol's.</summary>
    BadVersion,

    /// <summary>A length field contradicts another one, or the bytes that are there.</summary>
    BadLength,

    /// <summary>The checksum is wrong.</summary>
    BadChecksum,

    /// <summary>A type or format field has a value that this protocol does not define.</summary>
    BadType,
}
