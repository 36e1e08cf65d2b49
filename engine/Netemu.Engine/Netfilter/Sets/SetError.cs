namespace Netemu.Engine.Netfilter.Sets;

/// <summary>Why an operation on IP sets was refused.</summary>
public enum SetError : byte
{
    None,
    Exists,
    NotFound,
    InUse,
    Full,
    WrongFamily,
    WrongType,
    ZeroPrefix,
}
