using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The chains of all tables by their owners (an endpoint, a policy, the dispatch). Owners may share a chain, whose name then
/// stands for its content; it goes with its last owner. What changes is collected for one difference.
/// </summary>
internal sealed class ChainStore
{
    private readonly Dictionary<string, List<(TableKey Table, string Name)>> _owned = new(StringComparer.Ordinal);
    private readonly SortedDictionary<TableKey, SortedDictionary<string, (Chain Chain, int Owners)>> _chains = [];
    private readonly SortedDictionary<TableKey, SortedDictionary<string, Chain?>> _before = [];

    /// <summary>All chains of a table, by name.</summary>
    public IReadOnlyList<Chain> ChainsOf(TableKey table) =>
        _chains.TryGetValue(table, out SortedDictionary<string, (Chain Chain, int Owners)>? chains)
            ? [.. chains.Values.Select(entry => entry.Chain)]
            : [];

    /// <summary>Replaces everything that an owner has.</summary>
    public void Replace(string owner, IReadOnlyList<(TableKey Table, Chain Chain)> chains)
    {
        _owned.Remove(owner, out List<(TableKey Table, string Name)>? before);
        foreach ((TableKey table, Chain chain) in chains)
        {
            SortedDictionary<string, (Chain Chain, int Owners)> known = TableOf(table);
            known.TryGetValue(chain.Name, out (Chain Chain, int Owners) entry);
            Remember(table, chain.Name, entry.Chain);
            known[chain.Name] = (chain, entry.Owners + 1);
        }

        foreach ((TableKey table, string name) in before ?? [])
        {
            SortedDictionary<string, (Chain Chain, int Owners)> known = TableOf(table);
            (Chain chain, int owners) = known[name];
            Remember(table, name, chain);
            if (owners == 1)
            {
                known.Remove(name);
            }
            else
            {
                known[name] = (chain, owners - 1);
            }
        }

        if (chains.Count > 0)
        {
            _owned.Add(owner, [.. chains.Select(pair => (pair.Table, pair.Chain.Name))]);
        }
    }

    /// <summary>The difference to the last call, table by table; chains that came out equal are not in it.</summary>
    public IReadOnlyList<TableChange> TakeChanges()
    {
        List<TableChange> changes = [];
        foreach ((TableKey table, SortedDictionary<string, Chain?> names) in _before)
        {
            List<Chain> updated = [];
            List<string> removed = [];
            foreach ((string name, Chain? old) in names)
            {
                bool isThere = TableOf(table).TryGetValue(name, out (Chain Chain, int Owners) now);
                if (isThere && (old is null || !now.Chain.HasSameRules(old)))
                {
                    updated.Add(now.Chain);
                }
                else if (!isThere && old is not null)
                {
                    removed.Add(name);
                }
            }

            if (updated.Count + removed.Count > 0)
            {
                changes.Add(new TableChange(table, updated, removed));
            }
        }

        _before.Clear();
        return changes;
    }

    private void Remember(TableKey table, string name, Chain? chain)
    {
        if (!_before.TryGetValue(table, out SortedDictionary<string, Chain?>? names))
        {
            names = new SortedDictionary<string, Chain?>(StringComparer.Ordinal);
            _before.Add(table, names);
        }

        names.TryAdd(name, chain);
    }

    private SortedDictionary<string, (Chain Chain, int Owners)> TableOf(TableKey table)
    {
        if (!_chains.TryGetValue(table, out SortedDictionary<string, (Chain Chain, int Owners)>? chains))
        {
            chains = new SortedDictionary<string, (Chain Chain, int Owners)>(StringComparer.Ordinal);
            _chains.Add(table, chains);
        }

        return chains;
    }
}
