using System.Collections.Generic;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The difference between two states of a node's netfilter, in the order in which Felix applies it: sets first, then each
/// table on its own, then the sets that nothing refers to any more.
/// </summary>
public sealed record DataplaneChange(
    IReadOnlyList<SetChange> Sets,
    IReadOnlyList<TableChange> Tables,
    IReadOnlyList<string> RemovedSets)
{
    public bool IsEmpty => Sets.Count == 0 && Tables.Count == 0 && RemovedSets.Count == 0;
}
