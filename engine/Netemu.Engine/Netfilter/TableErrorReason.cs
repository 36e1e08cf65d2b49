namespace Netemu.Engine.Netfilter;

/// <summary>What can be wrong with a table as a whole.</summary>
public enum TableErrorReason : byte
{
    DuplicateChain,
    UnknownChain,
    JumpToBaseChain,
    Loop,
    UnknownSet,
    WrongFamily,
    WrongDimension,
    WrongTable,
    WrongHook,
    TooManyPorts,
    TargetNeedsTcp,
}
