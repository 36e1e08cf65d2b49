using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Felix.Messages;

/// <summary>
/// The members of an IP set at one moment; it never changes. A version is what the one before was, with some changes, and
/// becomes a sorted list only when somebody reads it. The nodes that share an index share its versions, and with them
/// what a data plane has made of the members: a thousand nodes that use a set hold it once.
/// </summary>
public sealed class MemberVersion
{
    private IPSetMember[]? _sorted;
    private MemberVersion? _before;
    private IReadOnlyList<(IPSetMember Member, bool IsAdded)> _changes = [];

    private MemberVersion(IPSetMember[]? sorted, int count)
    {
        _sorted = sorted;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The members in order.</summary>
    public IReadOnlyList<IPSetMember> Sorted => _sorted ??= Materialize();

    /// <summary>How many changes lie between this version and one that is a list.</summary>
    internal int Depth { get; private init; }

    /// <summary>What a data plane has made of the members of each family, for the next one that gets the same version.</summary>
    internal object?[] Written { get; } = new object?[2];

    public static MemberVersion Of(IEnumerable<IPSetMember> members)
    {
        IPSetMember[] sorted = [.. members];
        Array.Sort(sorted);
        return new MemberVersion(sorted, sorted.Length);
    }

    /// <summary>The version after some changes, each of which is one: nothing is added twice, nor removed that is not there.</summary>
    internal MemberVersion With(IReadOnlyList<(IPSetMember Member, bool IsAdded)> changes) =>
        new(null, Count + changes.Sum(change => change.IsAdded ? 1 : -1))
        {
            _before = this,
            _changes = changes,
            Depth = (_sorted is null ? Depth : 0) + changes.Count,
        };

    private IPSetMember[] Materialize()
    {
        Stack<MemberVersion> way = [];
        MemberVersion start = this;
        while (start._sorted is null)
        {
            way.Push(start);
            start = start._before!;
        }

        HashSet<IPSetMember> members = [.. start._sorted];
        foreach (MemberVersion version in way)
        {
            foreach ((IPSetMember member, bool isAdded) in version._changes)
            {
                _ = isAdded ? members.Add(member) : members.Remove(member);
            }
        }

        IPSetMember[] sorted = [.. members];
        Array.Sort(sorted);
        _before = null;
        _changes = [];
        return sorted;
    }
}
