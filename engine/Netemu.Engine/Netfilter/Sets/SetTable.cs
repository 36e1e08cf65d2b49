using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>The IP sets of one namespace, in the order of their creation.</summary>
public sealed class SetTable
{
    private const int DefaultMaximum = 65_536;

    private readonly Node? _node;
    private readonly List<IPSet> _sets = [];
    private readonly Dictionary<string, IPSet> _byName = new(StringComparer.Ordinal);

    /// <summary>Sets whose members stay for ever.</summary>
    public SetTable()
    {
    }

    /// <summary>Sets whose members may go by the time of <paramref name="node"/>.</summary>
    internal SetTable(Node node) => _node = node;

    public IReadOnlyList<IPSet> All => _sets;

    public IPSet? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>ipset create; an error if the name is taken. With a timeout, in seconds, members go by themselves.</summary>
    public SetError Create(
        string name, SetType type, AddressFamily family, out IPSet set, int maximumElements = DefaultMaximum, int? timeout = null,
        bool counters = false, bool comments = false)
    {
        set = new IPSet(name, type, family, maximumElements, _node, timeout, counters, comments);
        if (!_byName.TryAdd(name, set))
        {
            return SetError.Exists;
        }

        _sets.Add(set);
        return SetError.None;
    }

    /// <summary>The set of that name, made if there is none.</summary>
    public IPSet FindOrCreate(string name, SetType type, AddressFamily family, int maximumElements = DefaultMaximum)
    {
        if (!_byName.TryGetValue(name, out IPSet? set))
        {
            Create(name, type, family, out set, maximumElements);
        }

        return set;
    }

    /// <summary>ipset destroy; refused while a rule or list names it.</summary>
    public SetError Destroy(string name)
    {
        if (!_byName.TryGetValue(name, out IPSet? set))
        {
            return SetError.NotFound;
        }

        if (set.References > 0)
        {
            return SetError.InUse;
        }

        set.Clear();
        _byName.Remove(name);
        _sets.Remove(set);
        return SetError.None;
    }

    /// <summary>ipset swap: both must be of one type and family.</summary>
    public SetError Swap(string left, string right)
    {
        IPSet? first = Find(left);
        IPSet? second = Find(right);
        if (first is null || second is null)
        {
            return SetError.NotFound;
        }

        if (first.Type != second.Type || first.Family != second.Family)
        {
            return SetError.WrongType;
        }

        IPSet.Swap(first, second);
        return SetError.None;
    }

    /// <summary>ipset rename.</summary>
    public SetError Rename(string from, string to)
    {
        IPSet? set = Find(from);
        if (set is null)
        {
            return SetError.NotFound;
        }

        if (set.References > 0)
        {
            return SetError.InUse;
        }

        if (!_byName.TryAdd(to, set))
        {
            return SetError.Exists;
        }

        _byName.Remove(from);
        set.Name = to;
        return SetError.None;
    }

    /// <summary>ipset add to a list.</summary>
    public SetError AddToList(string list, string member)
    {
        IPSet? owner = Find(list);
        IPSet? set = Find(member);
        if (owner is null || set is null)
        {
            return SetError.NotFound;
        }

        if (owner.Type != SetType.ListSet || set.Type == SetType.ListSet)
        {
            return SetError.WrongType;
        }

        return owner.AddSet(set) ? SetError.None : SetError.Exists;
    }

    /// <summary>ipset del from a list.</summary>
    public SetError RemoveFromList(string list, string member)
    {
        IPSet? owner = Find(list);
        IPSet? set = Find(member);
        return owner is null || set is null || !owner.RemoveSet(set) ? SetError.NotFound : SetError.None;
    }
}
