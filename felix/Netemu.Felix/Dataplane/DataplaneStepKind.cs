namespace Netemu.Felix.Dataplane;

/// <summary>The kinds of operations, in the order in which Felix does them.</summary>
internal enum DataplaneStepKind : byte
{
    SetAdditions,
    Table,
    SetDeletions,
    Routes,
}
