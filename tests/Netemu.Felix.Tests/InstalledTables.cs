using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Felix.Dataplane;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>The history of a node's IPv4 filter table and its sets: one version for every step that its agent has done.</summary>
internal sealed class InstalledTables
{
    private readonly List<Version> _versions = [new(SimTime.Zero, false, ImmutableSortedDictionary<string, Chain>.Empty, ImmutableSortedDictionary<string, SortedSet<IPSetMember>>.Empty)];

    public Version At(SimTime time) => _versions[_versions.FindLastIndex(version => version.Since <= time)];

    /// <summary>Follows a step of the agent: additions, a table at once, deletions.</summary>
    public void Take(DataplaneStep step, SimTime now)
    {
        Version last = _versions[^1];
        ImmutableSortedDictionary<string, Chain> filter = last.Filter;
        ImmutableSortedDictionary<string, SortedSet<IPSetMember>> sets = last.Sets;
        switch (step.Kind, step.Change)
        {
            case (DataplaneStepKind.SetAdditions, SetChange set):
                SortedSet<IPSetMember> members = set.IsReplaced || !sets.TryGetValue(set.Name, out SortedSet<IPSetMember>? before) ? [] : [.. before];
                members.UnionWith(set.Added);
                sets = sets.SetItem(set.Name, members);
                break;
            case (DataplaneStepKind.SetDeletions, SetChange set):
                sets = sets.SetItem(set.Name, new SortedSet<IPSetMember>(sets[set.Name].Except(set.Removed)));
                break;
            case (DataplaneStepKind.SetDeletions, null):
                sets = sets.Remove(step.Name);
                break;
            case (DataplaneStepKind.Table, TableChange { Table: { Family: AddressFamily.IPv4, Table: NetfilterTable.Filter } } table):
                filter = filter.RemoveRange(table.Removed).SetItems(table.Updated.Select(chain => KeyValuePair.Create(chain.Name, chain)));
                break;
        }

        _versions.Add(new Version(now, step.Kind != DataplaneStepKind.Routes, filter, sets));
    }

    /// <summary>What was in force from an instant on. A version that a step of a set or table left may be one amid an update.</summary>
    public sealed record Version(
        SimTime Since, bool IsAmidUpdate, ImmutableSortedDictionary<string, Chain> Filter, ImmutableSortedDictionary<string, SortedSet<IPSetMember>> Sets);
}
