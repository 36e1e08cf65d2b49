using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The IP sets of both families: a set of the calculation graph is one set in the kernel for each family. Changes are
/// collected for one difference.
/// </summary>
internal sealed class SetStore
{
    private static readonly AddressFamily[] _families = [AddressFamily.IPv4, AddressFamily.IPv6];

    private readonly SortedDictionary<string, (IPSetType Type, SortedSet<IPSetMember> Members)> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (IPSetType Type, SortedSet<IPSetMember>? Members)> _before = new(StringComparer.Ordinal);

    /// <summary>The sets of one family, by name.</summary>
    public IReadOnlyList<RenderedSet> SetsOf(AddressFamily family) =>
    [
        .. _sets.Select(pair => new RenderedSet(
                IPSetNames.Of(pair.Key, family), pair.Value.Type, [.. pair.Value.Members.Where(member => member.Net.Family == family)]))
            .OrderBy(set => set.Name, StringComparer.Ordinal),
    ];

    public void Replace(string id, IPSetType type, IEnumerable<IPSetMember> members)
    {
        Remember(id);
        _sets[id] = (type, [.. members]);
    }

    public void Change(string id, IEnumerable<IPSetMember> added, IEnumerable<IPSetMember> removed)
    {
        if (!_sets.TryGetValue(id, out (IPSetType Type, SortedSet<IPSetMember> Members) set))
        {
            return;
        }

        Remember(id);
        set.Members.UnionWith(added);
        set.Members.ExceptWith(removed);
    }

    public void Remove(string id)
    {
        Remember(id);
        _sets.Remove(id);
    }

    /// <summary>The difference to the last call: sets to write before the tables, and to delete after them.</summary>
    public (IReadOnlyList<SetChange> Changed, IReadOnlyList<string> Removed) TakeChanges()
    {
        List<SetChange> changed = [];
        List<string> removed = [];
        foreach ((string id, (IPSetType oldType, SortedSet<IPSetMember>? oldMembers)) in _before)
        {
            bool isThere = _sets.TryGetValue(id, out (IPSetType Type, SortedSet<IPSetMember> Members) now);
            foreach (AddressFamily family in _families)
            {
                string name = IPSetNames.Of(id, family);
                if (!isThere)
                {
                    if (oldMembers is not null)
                    {
                        removed.Add(name);
                    }

                    continue;
                }

                bool isNew = oldMembers is null || oldType != now.Type;
                IPSetMember[] before = isNew ? [] : OfFamily(oldMembers!, family);
                IPSetMember[] after = OfFamily(now.Members, family);
                IPSetMember[] gained = [.. after.Except(before)];
                IPSetMember[] lost = [.. before.Except(after)];
                if (isNew || gained.Length + lost.Length > 0)
                {
                    changed.Add(new SetChange(name, family, now.Type, isNew, gained, lost));
                }
            }
        }

        _before.Clear();
        return (changed, removed);
    }

    private static IPSetMember[] OfFamily(SortedSet<IPSetMember> members, AddressFamily family) =>
        [.. members.Where(member => member.Net.Family == family)];

    private void Remember(string id)
    {
        if (!_before.ContainsKey(id))
        {
            bool isThere = _sets.TryGetValue(id, out (IPSetType Type, SortedSet<IPSetMember> Members) set);
            _before.Add(id, (set.Type, isThere ? [.. set.Members] : null));
        }
    }
}
