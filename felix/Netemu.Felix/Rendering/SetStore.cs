using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The IP sets of both families: a set of the calculation graph is one set in the kernel for each family. Changes are
/// collected member by member for one difference, so that a member more in a large set costs one member.
/// </summary>
internal sealed class SetStore
{
    private ImmutableArray<AddressFamily> _families = [AddressFamily.IPv4, AddressFamily.IPv6];

    private readonly SortedDictionary<string, (IPSetType Type, MemberVersion Members)> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPSetType> _sent = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Dictionary<IPSetMember, bool>> _changes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rebuilt = new(StringComparer.Ordinal);

    /// <summary>Chooses the families to write; every set is written anew for those that come.</summary>
    public void ChooseFamilies(ImmutableArray<AddressFamily> families)
    {
        _families = families;
        foreach (string id in _sets.Keys)
        {
            _rebuilt.Add(id);
            Touch(id);
        }
    }

    /// <summary>The sets of one family, by name.</summary>
    public IReadOnlyList<RenderedSet> SetsOf(AddressFamily family) =>
    [
        .. _sets.Select(pair => new RenderedSet(
                IPSetNames.Of(pair.Key, family), pair.Value.Type, Sorted(pair.Value.Members.Sorted, family)) { Version = pair.Value.Members })
            .OrderBy(set => set.Name, StringComparer.Ordinal),
    ];

    /// <summary>The members of a set as a whole; of one that has been sent already, what differs is written.</summary>
    public void Replace(string id, IPSetType type, MemberVersion members)
    {
        bool isKnown = _sets.TryGetValue(id, out (IPSetType Type, MemberVersion Members) before) && before.Type == type;
        _sets[id] = (type, members);
        if (!isKnown || !_sent.ContainsKey(id))
        {
            _rebuilt.Add(id);
            Touch(id);
            return;
        }

        HashSet<IPSetMember> old = [.. before.Members.Sorted];
        foreach (IPSetMember member in members.Sorted)
        {
            if (!old.Remove(member))
            {
                Note(id, member, true);
            }
        }

        foreach (IPSetMember member in old)
        {
            Note(id, member, false);
        }
    }

    public void Change(string id, IReadOnlyList<IPSetMember> added, IReadOnlyList<IPSetMember> removed, MemberVersion members)
    {
        if (!_sets.TryGetValue(id, out (IPSetType Type, MemberVersion Members) set))
        {
            return;
        }

        _sets[id] = (set.Type, members);
        foreach (IPSetMember member in added)
        {
            Note(id, member, true);
        }

        foreach (IPSetMember member in removed)
        {
            Note(id, member, false);
        }
    }

    public void Remove(string id)
    {
        _sets.Remove(id);
        Touch(id);
    }

    /// <summary>The difference to the last call: sets to write before the tables, and to delete after them.</summary>
    public (IReadOnlyList<SetChange> Changed, IReadOnlyList<string> Removed) TakeChanges()
    {
        List<SetChange> changed = [];
        List<string> removed = [];
        foreach ((string id, Dictionary<IPSetMember, bool> changes) in _changes)
        {
            if (!_sets.TryGetValue(id, out (IPSetType Type, MemberVersion Members) now))
            {
                removed.AddRange(_sent.Remove(id) ? _families.Select(family => IPSetNames.Of(id, family)) : []);
                continue;
            }

            bool isWhole = _rebuilt.Contains(id) || !_sent.ContainsKey(id);
            _sent[id] = now.Type;
            foreach (AddressFamily family in _families)
            {
                IPSetMember[] gained = isWhole ? [] : Sorted(changes.Where(change => change.Value).Select(change => change.Key), family);
                IPSetMember[] lost = isWhole ? [] : Sorted(changes.Where(change => !change.Value).Select(change => change.Key), family);
                if (isWhole || gained.Length + lost.Length > 0)
                {
                    changed.Add(new SetChange(IPSetNames.Of(id, family), family, now.Type, isWhole, gained, lost, now.Members));
                }
            }
        }

        _changes.Clear();
        _rebuilt.Clear();
        return (changed, removed);
    }

    private static IPSetMember[] Sorted(IEnumerable<IPSetMember> members, AddressFamily family)
    {
        IPSetMember[] sorted = [.. members.Where(member => member.Net.Family == family)];
        Array.Sort(sorted);
        return sorted;
    }

    private Dictionary<IPSetMember, bool> Touch(string id)
    {
        if (!_changes.TryGetValue(id, out Dictionary<IPSetMember, bool>? changes))
        {
            changes = [];
            _changes.Add(id, changes);
        }

        return changes;
    }

    /// <summary>A change and its opposite cancel out.</summary>
    private void Note(string id, IPSetMember member, bool isAdded)
    {
        Dictionary<IPSetMember, bool> changes = Touch(id);
        if (!changes.Remove(member))
        {
            changes.Add(member, isAdded);
        }
    }
}
