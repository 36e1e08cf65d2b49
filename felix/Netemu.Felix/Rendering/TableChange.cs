using System.Collections.Generic;

namespace Netemu.Felix.Rendering;

/// <summary>What changes in one table, to be applied at once: chains to write as a whole, chains to delete.</summary>
public sealed record TableChange(TableKey Table, IReadOnlyList<Chain> Updated, IReadOnlyList<string> Removed);
